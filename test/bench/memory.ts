/**
 * Measures the memory of the built program: `npm run build`, then `npx tsx test/bench/memory.ts [MB] [SHAPE]`.
 *
 * Each capture is written to test/bench/data/, read by each command, and removed; some are compared with a changed copy. The exit
 * code is 1 where a shape that is to stay below 200 MB does not.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { captureStream } from './capture-stream.js';
import { SHAPES, type Shape } from './shapes.js';

const COMMANDS = [['frames', '--json'], ['messages', '--json'], ['connections']];
/** Shapes that are compared with a changed copy of themselves. */
const COMPARED = ['small-frames', 'megabyte-frames', 'connections', 'deflated', 'short-sockets'];
/** Packets of which one is changed in the copy. */
const CHANGED_EVERY = 1000;
const DATA = new URL('data/', import.meta.url);
/** The built program; `WSDISSECT` names that of another checkout. */
const PROGRAM = process.env['WSDISSECT'] ?? fileURLToPath(new URL('../../bin/wsdissect.js', import.meta.url));
const MB = 1_000_000;
const SAMPLE_MS = 20;
const MOST_MEGABYTES = 200;

interface Measured {
  readonly peakMegabytes: number;
  readonly seconds: number;
  readonly exitCode: number | null;
}

const megabytes = Number(process.argv[2] ?? 1000);
const wanted = process.argv[3] ?? '';
console.log(`| capture | size | ${COMMANDS.map((command) => `\`${command.join(' ')}\``).join(' | ')} | \`diff\` |`);
console.log(`| --- | ---: | ${COMMANDS.map(() => '---: |').join(' ')} ---: |`);
mkdirSync(DATA, { recursive: true });
for (const shape of SHAPES) {
  if (!shape.name.includes(wanted)) continue;
  const file = write(shape);
  const size = Math.round(statSync(file).size / MB);
  const cells: string[] = [];
  for (const command of COMMANDS) {
    cells.push(cell(await measured(shape, [...command, file], 0)));
  }
  if (COMPARED.includes(shape.name)) {
    const copy = write(shape, true);
    cells.push(cell(await measured(shape, ['diff', file, copy], 1)));
    rmSync(copy);
  } else cells.push('');
  rmSync(file);
  console.log(`| ${shape.about} | ${size} MB | ${cells.join(' | ')} |`);
}

function write(shape: Shape, isChanged = false): string {
  const name = fileURLToPath(new URL(`${shape.name}${isChanged ? '-changed' : ''}.pcap`, DATA));
  const file = openSync(name, 'w');
  const packets = shape.packets(megabytes * MB);
  for (const chunk of captureStream(isChanged ? changed(packets) : packets)) writeSync(file, chunk);
  closeSync(file);
  return name;
}

/** Packets of some of which the last byte but one is another. */
function* changed(packets: Iterable<Uint8Array>): Generator<Uint8Array> {
  let count = 0;
  for (const packet of packets) {
    const copy = Uint8Array.from(packet);
    if (++count % CHANGED_EVERY === 0) copy[copy.length - 2]! ^= 1;
    yield copy;
  }
}

/** @param exitCode - the one that it is to end with */
async function measured(shape: Shape, command: readonly string[], exitCode: number): Promise<Measured> {
  const result = await measure(command);
  if (shape.isBounded && result.peakMegabytes > MOST_MEGABYTES) process.exitCode = 1;
  return { ...result, exitCode: result.exitCode === exitCode ? 0 : result.exitCode };
}

/** Runs the program; the kernel keeps the greatest resident size, so it is enough to look at it until the end. */
function measure(command: readonly string[]): Promise<Measured> {
  const start = Date.now();
  const child = spawn(process.execPath, [PROGRAM, ...command], { stdio: ['ignore', 'ignore', 'ignore'] });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentPeak(child.pid));
  }, SAMPLE_MS);
  return new Promise((resolve) => {
    child.on('close', (exitCode) => {
      clearInterval(timer);
      resolve({ peakMegabytes: peak, seconds: (Date.now() - start) / 1000, exitCode });
    });
  });
}

function residentPeak(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return (Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024) / MB;
  } catch {
    // It has ended between two looks.
    return 0;
  }
}

function cell({ peakMegabytes, seconds, exitCode }: Measured): string {
  const failed = exitCode === 0 ? '' : ` (exit ${exitCode})`;
  return `${peakMegabytes.toFixed(0)} MB, ${seconds.toFixed(0)} s${failed}`;
}
