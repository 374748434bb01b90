import type { RecordedEndpoint } from '../recorded.js';

const HIGHEST_PORT = 65_535;
const GROUPS = 8;

/** An address and port that stand in a text as `127.0.0.1:8008` or `[::1]:8008`; `undefined` where they do not. */
export function parseEndpoint(text: unknown): RecordedEndpoint | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^(?:\[([\da-f:.]+)(?:%[^\]]*)?\]|([\d.]+)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > HIGHEST_PORT) return undefined;
  const address = match[1] === undefined ? parseIpv4(match[2]!) : parseIpv6(match[1]);
  return address && { address, port };
}

function parseIpv4(text: string): Buffer | undefined {
  const parts = text.split('.').map(Number);
  return parts.length === 4 && parts.every((part) => Number.isInteger(part) && part <= 255)
    ? Buffer.from(parts)
    : undefined;
}

function parseIpv6(text: string): Buffer | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = tail === null ? undefined : parseIpv4(tail[2]!);
  if (tail !== null && last === undefined) return undefined;
  const hex = last === undefined ? text : `${tail![1]!}${last.toString('hex', 0, 2)}:${last.toString('hex', 2)}`;
  const [head = '', rest, ...more] = hex.split('::');
  if (more.length > 0) return undefined;
  const [before, after] = [head, rest ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [
    string[],
    string[],
  ];
  const missing = GROUPS - before.length - after.length;
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: rest === undefined ? 0 : missing }, () => '0'), ...after];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
