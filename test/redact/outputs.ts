import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { dissect } from '../../src/dissect.js';
import { run } from '../cli/fake-io.js';

/** Everything that a command line can make of a capture: `{}` stands for a new folder. */
export const COMMAND_LINES: readonly (readonly string[])[] = [
  ['frames'],
  ['frames', '--brief'],
  ['frames', '--json'],
  ['frames', '--raw'],
  ['messages'],
  ['messages', '--pretty'],
  ['messages', '--brief'],
  ['messages', '--json'],
  ['messages', '--json', '--decode', 'off'],
  ['messages', '--raw'],
  ['connections'],
  ['connections', '--json'],
  ['connections', '--headers'],
  ['connections', '--headers', '--json'],
  ['calls'],
  ['calls', '--json'],
  ['follow'],
  ['follow', '--pretty'],
  ['stats'],
  ['stats', '--json'],
  ['messages', '--context', '2', '--match', 'x'],
  ['check'],
  ['check', '--max-payload', '4k', '--reporter', 'json'],
  ['check', '--reporter', 'junit'],
  ['check', '--reporter', 'sarif'],
  ['check', '--reporter', 'github'],
  ['check', '--reporter', 'markdown'],
  ['check', '--reporter', 'html={}/page.html'],
  ['check', '--golden', '{}/golden.jsonl', '--update'],
  ['explain', '--stream', '0', '--bytes', '4k'],
  ['explain', '--stream', '0', '--bytes', '4k', '--json'],
  ['export', '--har'],
  ['export', '--payloads', '{}/payloads'],
  ['export', '--csv'],
  ['export', '--csv', '--type', 'frame'],
  ['export', '--tsv', '--type', 'connection'],
  ['export', '--csv', '--type', 'call'],
  ['export', '--parquet', '{}/table.parquet'],
  ['export', '--parquet', '{}/frames.parquet', '--type', 'frame'],
  ['export', '--pcap', '{}/plain.pcap', '--plain'],
  ['export', '--pcap', '{}/plain.pcapng', '--plain'],
  ['export', '--mermaid'],
  ['export', '--plantuml'],
  ['report'],
];

/** What a command wrote, by its place: as it is, and as a reader of its form would see it. */
export async function outputsOf(
  capture: Buffer,
  rules: string,
  commandLine: readonly string[],
  more: readonly string[] = [],
): Promise<{ readonly outputs: Map<string, Buffer>; readonly code: number; readonly stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'wsdissect-redact-'));
  try {
    const files = { capture: join(folder, 'in.pcap'), rules: join(folder, 'rules.yaml') };
    writeFileSync(files.capture, capture);
    writeFileSync(files.rules, rules);
    const place = join(folder, 'out');
    mkdirSync(place);
    const args = commandLine.map((word) => word.replace('{}', place));
    const chunks: Buffer[] = [];
    const { code, stdout, stderr } = await run([...args, '--redact', files.rules, ...more, files.capture]);
    chunks.push(Buffer.from(stdout, 'utf8'));
    const outputs = new Map<string, Buffer>([
      ['stdout', Buffer.concat(chunks)],
      ['stderr', Buffer.from(stderr)],
    ]);
    for (const name of readdirSync(place, { recursive: true, withFileTypes: true })) {
      if (name.isFile()) outputs.set(name.name, readFileSync(join(name.parentPath, name.name)));
    }
    for (const [name, bytes] of [...outputs]) {
      for (const [form, seen] of await decoded(bytes)) outputs.set(`${name}: ${form}`, seen);
    }
    return { outputs, code, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function decoded(bytes: Buffer): Promise<[string, Buffer][]> {
  const result: [string, Buffer][] = [];
  if (/^<!doctype html/i.test(bytes.toString('latin1', 0, 20))) {
    for (const [run] of bytes.toString('latin1').matchAll(/[A-Za-z0-9+/]{200,}={0,2}/g)) {
      try {
        result.push(['inflated', inflateRawSync(Buffer.from(run, 'base64'))]);
      } catch {
        // No data of the page.
      }
    }
  }
  if (bytes.toString('latin1', 0, 4) === 'PAR1') {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    const text = JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    result.push(['rows', Buffer.from(text)]);
  }
  const magic = bytes.length > 4 ? bytes.readUInt32LE(0) : 0;
  if ([0xa1b2c3d4, 0xa1b23c4d, 0x0a0d0d0a].includes(magic)) {
    const payloads: Buffer[] = [];
    for await (const event of dissect([bytes])) {
      if (event.type === 'frame' && event.frame.payload !== undefined) payloads.push(Buffer.from(event.frame.payload));
      if (event.type === 'open') payloads.push(Buffer.from(JSON.stringify(event.handshake)));
    }
    result.push(['payloads', Buffer.concat(payloads.flatMap((payload) => [payload, Buffer.from('\n')]))]);
  }
  return result;
}

/** Every form in which a value may stand in an output. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const forms = [value, bytes.toString('latin1'), JSON.stringify(value).slice(1, -1)];
  forms.push(JSON.stringify(forms[2]).slice(1, -1), encodeURIComponent(value));
  const hex = bytes.toString('hex');
  forms.push(hex, hex.toUpperCase(), hex.replace(/..(?=.)/g, '$& '));
  for (let before = 0; before < 3; before++) {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // The characters at both ends depend on what stands beside the value.
    const from = Math.ceil((before * 8) / 6);
    forms.push(shifted.slice(from, Math.floor(((before + bytes.length) * 8) / 6)));
  }
  return [...new Set(forms)];
}

/** Where a value still stands. */
export function leaksOf(outputs: ReadonlyMap<string, Buffer>, values: readonly string[]): string[] {
  const leaks: string[] = [];
  for (const [name, bytes] of outputs) {
    // Rows of text are broken by addresses and columns: what is hex on several lines is one run.
    const texts = [bytes.toString('latin1'), bytes.toString('utf8')];
    const run = texts[0]!.replace(/\s/g, '');
    for (const value of values) {
      for (const form of formsOf(value)) {
        if (texts.some((text) => text.includes(form)) || (/^[0-9a-f]+$/i.test(form) && run.includes(form))) {
          leaks.push(`${name}: ${form} of ${value}`);
        }
      }
    }
  }
  return leaks;
}
