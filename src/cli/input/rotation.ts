import { basename } from 'node:path';

/** The place of a file in a rotation, by its name. */
export interface RotationName {
  /** What the names of all files of the rotation have in common, the directory included. */
  readonly key: string;
  /** Its number among them. */
  readonly number: number;
}

/** How the names of files end that are captures, compressed or not. */
const EXTENSION = String.raw`\.(?:pcap(?:ng)?|cap|dmp|dump|pkt|trace)`;
const COMPRESSED = String.raw`(?:\.(?:gz|zst|xz|lz4|bz2))?`;

/** `dumpcap -b`: `out_00001_20260101120000.pcapng`, or with the number last. A ring goes on after 99999. */
const DUMPCAP = /^(.*)_(\d{5,7})_(\d{14})(\.\D.*)?$/;
const DUMPCAP_TIME_FIRST = /^(.*)_(\d{14})_(\d{5,7})(\.\D.*)?$/;
/** `tcpdump -C`: `out.pcap`, `out.pcap1`, `out.pcap2`; with `-W` `out.pcap00`, `out.pcap01`. */
const TCPDUMP = new RegExp(`^(.*${EXTENSION})(\\d{0,9})(${COMPRESSED})$`, 'i');

/** The place of a file among those that `tcpdump -C`, `tcpdump -W` or `dumpcap -b` write; `undefined` for other names. */
export function rotationName(path: string): RotationName | undefined {
  const name = basename(path);
  const directory = path.slice(0, path.length - name.length);
  const dumpcap = DUMPCAP.exec(name) ?? undefined;
  if (dumpcap !== undefined) return place(directory, dumpcap[1]!, dumpcap[2]!, dumpcap[4]);
  const timeFirst = DUMPCAP_TIME_FIRST.exec(name) ?? undefined;
  if (timeFirst !== undefined) return place(directory, timeFirst[1]!, timeFirst[3]!, timeFirst[4]);
  const tcpdump = TCPDUMP.exec(name) ?? undefined;
  return tcpdump && place(directory, tcpdump[1]!, tcpdump[2]!, tcpdump[3]);
}

function place(directory: string, base: string, digits: string, rest = ''): RotationName {
  // No name has a line break between the two in any rotation.
  return { key: `${directory}${base}\n${rest}`, number: Number(digits) };
}

/** Numbers that are missing between those of a rotation. */
export interface MissingNumbers {
  /** The number before them. */
  readonly after: number;
  readonly first: number;
  readonly last: number;
}

/** The numbers that are missing between others. */
export function missingNumbers(numbers: readonly number[]): MissingNumbers[] {
  const sorted = numbers.toSorted((a, b) => a - b);
  const missing: MissingNumbers[] = [];
  for (const [index, number] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before !== undefined && number > before + 1)
      missing.push({ after: before, first: before + 1, last: number - 1 });
  }
  return missing;
}
