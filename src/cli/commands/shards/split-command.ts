import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JoinedFile } from '../../../capture/join/joined-captures.js';
import { OpenedFile } from '../../../capture/join/opened-file.js';
import type { CaptureSink, Packet } from '../../../capture/packet.js';
import { WsdissectError } from '../../../common/error.js';
import type { Finding } from '../../../common/finding.js';
import { DEFAULT_LIMITS } from '../../../common/limits.js';
import { count } from '../../../common/words.js';
import { sanitize } from '../../../output/sanitize.js';
import { formatIndex, parseIndex, type FileIndex } from '../../../split/file-index.js';
import { FileIndexer, type SplitReading } from '../../../split/file-indexer.js';
import { partName, ShardFiles, writeWhole } from './shard-files.js';
import { ABOUT } from './shard-tasks.js';
import { ShardWriter } from '../../../split/shard-writer.js';
import { planSplit, type SplitPlan } from '../../../split/split-plan.js';
import { weighFrames } from '../../../websocket/boundaries/weigh-frames.js';
import { EXIT_OK, EXIT_UNUSABLE } from '../../exit-code.js';
import { findCaptures } from '../../input/capture-files.js';
import { codeOf, STDIN } from '../../input/input.js';
import { joinInputs } from '../../input/joined-files.js';
import { shownName } from '../../input/named-error.js';
import type { SplitOptions } from '../../options/split-options.js';
import { itemsOf, taskOf } from '../../options/task.js';
import type { Io } from '../../terminal/io.js';
import { toFileError } from '../exporting/output-file.js';

const INDEXES = 'index';

/** A file of the set. */
interface SetFile {
  readonly file: JoinedFile;
  /** Its place, from 0. */
  readonly index: number;
  readonly part: string;
}

/** What is the same in all tasks. */
interface Split {
  readonly io: Io;
  readonly directory: string;
  readonly shards: number;
  readonly files: readonly SetFile[];
  readonly options: SplitOptions;
  readonly reading: SplitReading;
}

/**
 * The command `split`: writes the packets of captures that are one into shards, by connection.
 *
 * @param names - captures and directories of them
 * @returns the exit code
 */
export async function splitCaptures(io: Io, names: readonly string[], options: SplitOptions): Promise<number> {
  const { shards, output: directory, phase, task: choice } = options;
  if (shards === undefined) throw new WsdissectError('bad-option', 'split: say into how many shards, with --shards');
  if (directory === undefined) throw new WsdissectError('bad-option', 'split: name the directory for them, with -o');
  if (names.length === 0) throw new WsdissectError('bad-option', 'split: name the captures; each is read twice');
  if (names.includes(STDIN)) throw new WsdissectError('bad-option', 'split: each capture is read twice: name files');
  if (choice !== undefined && phase === undefined) {
    const message =
      'split: --task does a part of one phase: add --phase index and, when all of that is done, --phase write';
    throw new WsdissectError('bad-option', message);
  }
  const task = taskOf(io, choice);
  const files = await filesOf(io, names, options);
  const { tunnel: tunnels = [], port: ports = [] } = options;
  const split: Split = { io, directory, shards, files, options, reading: { tunnels, ports } };
  try {
    noteSplit(split);
    let isWhole = true;
    if (phase !== 'write') for (const each of itemsOf(task, files)) isWhole = (await indexFile(split, each)) && isWhole;
    if (phase === 'index') return isWhole ? EXIT_OK : EXIT_UNUSABLE;
    const plan = planSplit(
      files.map((each) => indexOf(split, each)),
      shards,
      options.all === true,
    );
    let left = 0;
    for (const each of itemsOf(task, files)) {
      const written = await writeFile(split, plan, each);
      left += written.left;
      isWhole = written.isWhole && isWhole;
    }
    if (options.quiet !== true) io.report(`wsdissect: ${summary(split, plan, left)}\n`);
    return isWhole ? EXIT_OK : EXIT_UNUSABLE;
  } catch (error) {
    throw codeOf(error) === undefined ? error : toFileError(directory, error);
  }
}

function summary({ files, shards, options }: Split, plan: SplitPlan, left: number): string {
  const packets = left === 1 ? '1 packet is in none' : `${left} packets are in none`;
  const kept = options.all === true ? '' : `, those between ${count(plan.kept, 'pair')} of ends may carry WebSocket`;
  const connections = count(plan.connections, 'TCP connection');
  return `${count(files.length, 'file')} into ${count(shards, 'shard')}: ${connections}${kept}; ${packets}`;
}

/** The files of the set in the order in which they are joined. */
async function filesOf(io: Io, names: readonly string[], { quiet }: SplitOptions): Promise<SetFile[]> {
  const found = await findCaptures(names, () => undefined);
  const wrong = found.find(({ error }) => error !== undefined);
  if (wrong !== undefined) throw new WsdissectError(wrong.error!.code, `${wrong.name}: ${wrong.error!.message}`);
  const [joined] = await joinInputs(io, found, { join: true, ...(quiet === undefined ? {} : { quiet }) });
  const single: JoinedFile = { name: found[0]!.name, read: () => io.read(found[0]!.name) };
  const all = joined?.joined?.files ?? [single];
  for (const { name, missing } of all) {
    if (missing !== undefined && quiet !== true) io.report(`wsdissect: ${shownName(name)}: ${sanitize(missing)}\n`);
  }
  return all
    .filter(({ missing }) => missing === undefined)
    .map(({ name }, index) => ({ file: { name, read: () => io.read(name) }, index, part: partName(index, name) }));
}

/** Another split in the same directory would mix with this one. */
function noteSplit({ directory, shards, files, options }: Split): void {
  const { all = false, port = [], tunnel = [] } = options;
  const names = files.map(({ file }) => file.name);
  const text = `${JSON.stringify({ split: 1, shards, all, port, tunnel, files: names })}\n`;
  const before = readText(join(directory, ABOUT));
  if (before === undefined) writeWhole(directory, ABOUT, text);
  else if (before !== text) {
    const message = `${directory} has another split: other files, or other options; choose an empty directory`;
    throw new WsdissectError('bad-option', message);
  }
}

/** @returns whether the file could be read to its end */
async function indexFile({ io, directory, options, reading }: Split, { file, part }: SetFile): Promise<boolean> {
  const report = (found: Finding): void => {
    if (options.quiet !== true) io.report(`wsdissect: ${found.severity}: ${sanitize(found.message)}\n`);
  };
  const indexer = new FileIndexer(DEFAULT_LIMITS, report, reading);
  const { isWhole, mayHoldSecrets } = await readFile(io, file, indexer.capture, 0);
  const index = indexer.end({ name: file.name, size: io.size(file.name), mayHoldSecrets });
  writeWhole(join(directory, INDEXES), `${part}.index`, formatIndex(index));
  return isWhole;
}

/** @throws WsdissectError `bad-option` where there is no index of the file */
function indexOf({ io, directory }: Split, { file, part }: SetFile): FileIndex {
  const path = join(directory, INDEXES, `${part}.index`);
  const text = readText(path);
  if (text === undefined) {
    const message = `${path} is missing: run --phase index for all files before --phase write`;
    throw new WsdissectError('bad-option', message);
  }
  let index: FileIndex;
  try {
    index = parseIndex(text);
  } catch (error) {
    const message = `${path} is no index of this version: run --phase index again`;
    throw new WsdissectError('bad-option', message, { cause: error });
  }
  if (index.name === file.name && index.size === io.size(file.name)) return index;
  const message = `${path} is of another file, or ${file.name} has changed: run --phase index again`;
  throw new WsdissectError('bad-option', message);
}

async function writeFile(
  { io, directory, reading }: Split,
  plan: SplitPlan,
  { file, index, part }: SetFile,
): Promise<{ readonly left: number; readonly isWhole: boolean }> {
  const parts = new ShardFiles(directory, part, plan.shards);
  try {
    const options = { index, name: file.name, limits: DEFAULT_LIMITS, reading };
    const writer = new ShardWriter(plan, options, (shard, bytes) => parts.write(shard, bytes));
    const { isWhole } = await readFile(io, file, writer, plan.files[index]!.packetsBefore);
    writer.end();
    parts.finish();
    return { left: writer.left, isWhole };
  } catch (error) {
    parts.discard();
    throw error;
  }
}

/**
 * Reads one file of the set. What cannot be read is told by its name.
 *
 * @throws WsdissectError `not-a-capture` where it holds no packets, but what was noted of connections
 */
async function readFile(
  io: Io,
  file: JoinedFile,
  sink: CaptureSink,
  packetsBefore: number,
): Promise<{ readonly isWhole: boolean; readonly mayHoldSecrets: boolean }> {
  const packets: CaptureSink = {
    packet: (packet) => sink.packet(captured(packet, file.name)),
    secrets: (keyLog, isLast) => sink.secrets(keyLog, isLast),
    finding: (found) => sink.finding(found),
  };
  let isWhole = true;
  const failed = (name: string, { message }: WsdissectError): void => {
    isWhole = false;
    io.report(`wsdissect: ${shownName(name)}: ${sanitize(message)}\n`);
  };
  const opened = new OpenedFile(file, packets, { limits: DEFAULT_LIMITS, input: { weighFrames } }, packetsBefore);
  while (await opened.readPiece({ failed }));
  return { isWhole, mayHoldSecrets: opened.mayHoldSecrets };
}

function captured(packet: Packet, name: string): Packet {
  if (packet.linkType >= 0) return packet;
  const message = `${name}: is no capture of packets: split takes pcap and pcapng`;
  throw new WsdissectError('not-a-capture', message);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
