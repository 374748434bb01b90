/**
 * Measures the memory of the built program: `npm run build`, then `npx tsx test/bench/memory.ts [MB] [SHAPE]`.
 *
 * Each capture is written to test/bench/data/, read by each command, and removed. The exit code is 1 where a shape that
 * is to stay below 200 MB does not.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { captureStream } from './capture-stream.js';
import { SHAPES, type Shape } from './shapes.js';

const COMMANDS = [['frames', '--json'], ['messages', '--json'], ['connections']];
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
console.log(`| capture | size | ${COMMANDS.map((command) => `\`${command.join(' ')}\``).join(' | ')} |`);
console.log(`| --- | ---: | ${COMMANDS.map(() => '---: |').join(' ')}`);
mkdirSync(DATA, { recursive: true });
for (const shape of SHAPES) {
  if (!shape.name.includes(wanted)) continue;
  const file = write(shape);
  const size = Math.round(statSync(file).size / MB);
  const cells: string[] = [];
  for (const command of COMMANDS) {
    const measured = await measure(command, file);
    if (shape.isBounded && measured.peakMegabytes > MOST_MEGABYTES) process.exitCode = 1;
    cells.push(cell(measured));
  }
  rmSync(file);
  console.log(`| ${shape.about} | ${size} MB | ${cells.join(' | ')} |`);
}

function write(shape: Shape): string {
  const name = fileURLToPath(new URL(`${shape.name}.pcap`, DATA));
  const file = openSync(name, 'w');
  for (const chunk of captureStream(shape.packets(megabytes * MB))) writeSync(file, chunk);
  closeSync(file);
  return name;
}

/** Runs the program; the kernel keeps the greatest resident size, so it is enough to look at it until the end. */
function measure(command: readonly string[], file: string): Promise<Measured> {
  const start = Date.now();
  const child = spawn(process.execPath, [PROGRAM, ...command, file], { stdio: ['ignore', 'ignore', 'ignore'] });
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
