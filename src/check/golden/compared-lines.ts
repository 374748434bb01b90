import { jsonInText } from '../../output/json/json-in-text.js';
import type { JsonPath } from '../../output/json/json-path.js';
import type { Meaning, ProtocolName } from '../../subprotocol/sub-protocol.js';
import type { DecodedRule, IgnoreRule } from './ignore-rules.js';
import { meaningReader, type GoldenLine, type MessageGroup } from './meanings.js';
import type { RecordValue } from '../records.js';

/** What stands for what is ignored. */
const IGNORED = '<ignored>';
/** Between the records that a message of SignalR holds. */
const RECORD_SEPARATOR = '\u001e';
/** Fields that are texts of the peers. */
const TEXTS: readonly string[] = ['text', 'closeReason', 'url', 'origin'];
/** What a message says, which what it means takes the place of. */
const CONTENT: readonly string[] = ['text', 'base64', 'length'];
/** What depends on how what was said was divided into messages. */
const DIVISION: readonly string[] = ['frames', 'compressed'];

/** A line as it is compared. */
export type ComparedLine = Record<string, RecordValue>;

/** Lines of golden files without what changes from one recording to the next. */
export function comparedLines(lines: readonly GoldenLine[], rules: readonly IgnoreRule[]): ComparedLine[] {
  const records: (ComparedLine | undefined)[] = [];
  for (const { connection, indices } of connectionsIn(lines)) {
    const messages = (): GoldenLine[] => indices.map((index) => lines[index]!);
    let at = 0;
    for (const record of comparedMessages(connection, messages, rules)) records[indices[at++]!] = record;
  }
  for (const [index, line] of lines.entries())
    if (line.type === 'connection') records[index] = withoutIgnored(line, rules);
  return records.filter((record) => record !== undefined);
}

/**
 * The messages of one connection without what changes from one recording to the next, in their order.
 *
 * Where a rule leaves out something of what a message means, the message is compared by what it means: members such as
 * `decoded.name`, in place of its text or bytes. Packets that go on in the next message are one with it then, and of the next
 * one comes `undefined`.
 *
 * @param connection - its own line, where there is one
 * @param messages - gives the lines of its messages, each time that it is called
 */
export function* comparedMessages(
  connection: GoldenLine | undefined,
  messages: () => Iterable<GoldenLine>,
  rules: readonly IgnoreRule[],
): Generator<ComparedLine | undefined> {
  const read = function* (): Generator<GoldenLine> {
    for (const line of messages()) yield readable(line, withoutIgnored(line, rules));
  };
  const reader = rules.some((rule) => !('field' in rule)) ? meaningReader(connection, read) : undefined;
  // Those that may be understood together with the next one.
  let records: (ComparedLine | undefined)[] = [];
  for (const line of messages()) {
    const record = withoutIgnored(line, rules);
    records.push(record);
    const group = reader?.take(readable(line, record), records.length - 1);
    const own = group?.lines.map((index) => records[index]!);
    const compared = own === undefined ? undefined : meant(group!.items, own, rules);
    if (compared !== undefined) {
      for (const index of group!.lines) records[index] = undefined;
      records[group!.lines[0]!] = compared;
    }
    if (reader?.isOpen === true) continue;
    yield* withoutLoss(records);
    records = [];
  }
  reader?.end();
  yield* withoutLoss(records);
}

function* withoutLoss(records: readonly (ComparedLine | undefined)[]): Generator<ComparedLine | undefined> {
  for (const record of records) {
    if (record !== undefined) delete record.afterLoss;
    yield record;
  }
}

/** Text that is ignored is no part of what is understood. */
function readable(line: GoldenLine, { text }: ComparedLine): GoldenLine {
  return text === undefined || text === line.text ? line : { ...line, text };
}

/** The lines of each connection: its own, and the indices of its messages. */
function connectionsIn(lines: readonly GoldenLine[]): Iterable<{ connection?: GoldenLine; indices: number[] }> {
  const found = new Map<string, { connection?: GoldenLine; indices: number[] }>();
  for (const [index, line] of lines.entries()) {
    const key = JSON.stringify([line.file, line.connection]);
    let one = found.get(key);
    if (one === undefined) found.set(key, (one = { indices: [] }));
    if (line.type === 'connection') one.connection = line;
    else one.indices.push(index);
  }
  return found.values();
}

/** A line without the fields and texts that are ignored. */
export function withoutIgnored(line: GoldenLine, rules: readonly IgnoreRule[]): ComparedLine {
  const kept: ComparedLine = { ...line };
  for (const rule of rules) {
    if ('decoded' in rule) continue;
    if ('field' in rule) {
      Reflect.deleteProperty(kept, rule.field);
      continue;
    }
    for (const name of TEXTS) {
      const value = kept[name];
      if (typeof value !== 'string') continue;
      const less = 'path' in rule ? withoutPath(value, rule.path) : value.replace(rule.pattern, IGNORED);
      if (less === value) continue;
      kept[name] = less;
      // How long it is depends on what is ignored.
      if (name === 'text' || name === 'closeReason') delete kept.length;
    }
  }
  return kept;
}

/** The line of messages by what they mean; `undefined` where no rule leaves out anything of that. */
function meant(
  items: MessageGroup['items'],
  own: readonly ComparedLine[],
  rules: readonly IgnoreRule[],
): ComparedLine | undefined {
  // Of a text that is JSON the rules for texts have had their say.
  const isSeen = own.every(({ text }) => typeof text === 'string' && isJson(text));
  if (items.some(isOpaque)) return undefined;
  let isChanged = false;
  const members: Record<string, RecordValue> = {};
  for (const [index, item] of items.entries()) {
    const prefix = items.length === 1 ? 'decoded.' : `decoded.items[${index}].`;
    const kept = withoutMembers(item, rules, isSeen);
    isChanged ||= kept.isChanged;
    for (const [name, value] of Object.entries(kept.members)) members[prefix + name] = value;
  }
  if (!isChanged) return undefined;
  const left = own.length > 1 ? [...CONTENT, ...DIVISION] : CONTENT;
  const rest = Object.entries(own[0]!).filter(([name]) => !left.includes(name));
  return { ...Object.fromEntries(rest), ...members };
}

/** Whether it has more bytes than what is told of it: only the bytes themselves can be compared then. */
function isOpaque({ protocol, kind, value, raw }: Meaning & { readonly protocol: ProtocolName }): boolean {
  if (protocol === 'rfb' || protocol === 'yjs') return true;
  const isAttachment = protocol === 'socket.io' || protocol === 'engine.io';
  return isAttachment && kind === 'data' && value === undefined && raw === undefined;
}

/** What something means, without what is ignored. Its value is JSON text, so that no digit is lost. */
function withoutMembers(
  item: MessageGroup['items'][number],
  rules: readonly IgnoreRule[],
  isSeen: boolean,
): { readonly members: Record<string, string | number>; readonly isChanged: boolean } {
  const { protocol, kind, name, id, channel, value, raw } = item;
  const all = Object.entries({ protocol, kind, name, id, channel, value, raw });
  const members = Object.fromEntries(all.filter(([, each]) => each !== undefined)) as Record<string, string | number>;
  let isChanged = false;
  const put = (member: string, less: string | undefined): void => {
    if (less === members[member]) return;
    isChanged = true;
    if (less === undefined) Reflect.deleteProperty(members, member);
    else members[member] = less;
  };
  for (const rule of rules) {
    if ('field' in rule) continue;
    if ('decoded' in rule) {
      if (isAbout(rule, protocol)) put(rule.decoded, withoutMember(members[rule.decoded], rule.path));
    } else if ('path' in rule) {
      if (!isSeen && typeof members.value === 'string') put('value', withoutPath(members.value, rule.path));
    } else if (!isSeen) {
      for (const member of ['name', 'id', 'channel', 'value', 'raw']) {
        const text = members[member];
        if (typeof text === 'string') put(member, text.replace(rule.pattern, IGNORED));
      }
    }
  }
  return { members, isChanged };
}

function isAbout({ protocols }: DecodedRule, protocol: ProtocolName): boolean {
  return protocols === undefined || protocols.includes(protocol);
}

function withoutMember(value: string | number | undefined, path: JsonPath | undefined): string | undefined {
  return path === undefined || typeof value !== 'string' ? undefined : withoutPath(value, path);
}

function isJson(text: string): boolean {
  const records = text.endsWith(RECORD_SEPARATOR) ? text.slice(0, -1).split(RECORD_SEPARATOR) : [text];
  return records.every((record) => jsonInText(record) !== undefined);
}

/** JSON in which other JSON stands in the places that a path leads to. Other text stays. */
function withoutPath(text: string, path: JsonPath): string {
  if (text.endsWith(RECORD_SEPARATOR)) {
    return text
      .split(RECORD_SEPARATOR)
      .map((record) => withoutPath(record, path))
      .join(RECORD_SEPARATOR);
  }
  const found = jsonInText(text);
  if (found === undefined) return text;
  const { prefix, value } = found;
  let result = '';
  let at = 0;
  for (const { start, end } of path.find(value)) {
    // A value inside one that is ignored already.
    if (start < at) continue;
    result += `${value.text.slice(at, start)}"${IGNORED}"`;
    at = end;
  }
  return prefix + result + value.text.slice(at);
}
