import { WsdissectError } from '../common/error.js';
import { compareOrder, readOrder, type OrderedLine } from '../output/records/record-order.js';

/** Lines of records, in their order. */
export interface RecordRun {
  /** What is told where something is wrong with it. */
  readonly name: string;
  /** Pieces of any length. */
  readonly chunks: AsyncIterable<Buffer> | Iterable<Buffer>;
}

const LINE_END = 0x0a;

/** Reads the lines of some input, each with its place. @throws WsdissectError `unreadable` where one is no record of a shard */
export async function* readRecords({
  name,
  chunks,
}: RecordRun): AsyncGenerator<OrderedLine & { readonly end: number }> {
  let waiting: Buffer[] = [];
  let end = 0;
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, start)) {
      const piece = chunk.subarray(start, at);
      const line = waiting.length === 0 ? piece : Buffer.concat([...waiting, piece]);
      waiting = [];
      start = at + 1;
      end += line.length + 1;
      number++;
      const found = readOrder(line);
      if (found === undefined) throw notRecord(name, number);
      yield { ...found, end };
    }
    if (start < chunk.length) waiting.push(Buffer.from(chunk.subarray(start)));
  }
  if (waiting.length > 0)
    throw new WsdissectError('unreadable', `${name}: line ${number + 1} is cut: run its task again`);
}

function notRecord(name: string, line: number): WsdissectError {
  const message = `${name}: line ${line} is no JSON record that says its packet; merge takes what --json printed of shards`;
  return new WsdissectError('unreadable', message);
}

/** A run, and its next record. */
interface Head {
  readonly place: number;
  readonly name: string;
  readonly records: AsyncGenerator<OrderedLine>;
  next: OrderedLine;
}

/** Merges runs into one. Of equal places, which no two shards have, the run that was named first comes first. */
export async function* mergeRuns(runs: readonly RecordRun[]): AsyncGenerator<Buffer> {
  const heap: Head[] = [];
  for (const [place, run] of runs.entries()) {
    const records = readRecords(run);
    const next = await records.next();
    if (next.done !== true) add(heap, { place, name: run.name, records, next: next.value });
  }
  for (let head = heap[0]; head !== undefined; head = heap[0]) {
    yield head.next.record;
    const next = await head.records.next();
    if (next.done === true) removeFirst(heap);
    else {
      if (compareOrder(next.value.order, head.next.order) < 0) throw disordered(head.name);
      head.next = next.value;
      sink(heap);
    }
  }
}

function disordered(name: string): WsdissectError {
  const message = `${name}: its records are not in the order in which they were printed; merge takes files as they are`;
  return new WsdissectError('unreadable', message);
}

function isBefore(a: Head, b: Head): boolean {
  return (compareOrder(a.next.order, b.next.order) || a.place - b.place) < 0;
}

function add(heap: Head[], head: Head): void {
  let at = heap.length;
  heap.push(head);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(head, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = head;
}

function removeFirst(heap: Head[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  heap[0] = last;
  sink(heap);
}

/** Puts the first one where it belongs. */
function sink(heap: Head[]): void {
  const head = heap[0]!;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left;
    if (!isBefore(heap[child]!, head)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = head;
}
