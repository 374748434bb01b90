/**
 * The long run: `npm run fuzz:loss`, or `npm run fuzz:loss -- CASES SEED`. Each failing case is printed with as few
 * changes as show it; `npm run fuzz:loss -- "send-both.pcap drop:3,0,0" [FILE]` reads one case again, prints all that
 * is read of it and what is wrong, and writes its capture to the file. After the word `written` the conversations are those
 * that no recorded peer has: `npm run fuzz:loss -- written CASES SEED`.
 */
import { writeFileSync } from 'node:fs';
import { caseText, failuresOf, parseCase, readCase } from './campaign.js';
import { change } from './changes.js';
import { captureBytes } from './reading.js';
import { writtenConversations } from './conversations.js';
import { loadRecordings } from './recording.js';

/** Cases of one seed. */
const PART = 5000;

const words = process.argv.slice(2);
const isWritten = words[0] === 'written';
const recordings = isWritten ? writtenConversations() : loadRecordings();
const [first = '100000', second] = isWritten ? words.slice(1) : words;

if (/^\d+$/.test(first)) await many(Number(first), Number(second ?? 1));
else await one(first, second);

async function many(count: number, seed: number): Promise<void> {
  const kinds = new Map<string, number>();
  let failures = 0;
  console.log(`${count} cases, seeds from ${seed}`);
  for (let done = 0, part = seed; done < count; done += PART, part++) {
    for await (const { found, fault } of failuresOf(part, Math.min(PART, count - done), recordings)) {
      failures++;
      kinds.set(fault.kind, (kinds.get(fault.kind) ?? 0) + 1);
      console.log(`${fault.kind}: ${caseText(found)}\n    ${fault.what}`);
    }
  }
  for (const [kind, number] of kinds) console.log(`${kind.padEnd(20)} ${number}`);
  console.log(`${failures} failures in ${count} cases`);
  process.exitCode = failures > 0 ? 1 : 0;
}

async function one(text: string, file: string | undefined): Promise<void> {
  const found = parseCase(text);
  const recording = recordings.find(({ name }) => name === found.fixture);
  if (recording === undefined) throw new Error(`there is no fixture ${found.fixture}`);
  const packets = change(recording, found.changes);
  if (file !== undefined) writeFileSync(file, captureBytes(packets, recording.linkType));
  const { faults, reading } = await readCase(found, new Map([[recording.name, recording]]));
  console.log(JSON.stringify(reading, undefined, 1));
  console.log(faults);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
