import { secondsBetween, type PacketTime } from '../common/packet-time.js';
import { mostFirst, type CaptureStats, type CloseCount } from './capture-stats.js';
import type { ConnectionStats, SideStats } from './connection-stats.js';
import type { NameCount, NameTally } from './name-tally.js';
import type { Peak } from './rates.js';

/** Messages, the time that they took, and the busiest second. */
export interface Rate {
  readonly messages: number;
  readonly seconds: number | undefined;
  readonly peak: Peak | undefined;
}

/** The names of a tally, the most messages first. */
export function byName({ names: all }: NameTally): NameCount[] {
  return mostFirst(
    all.values(),
    ({ client, server }) => client.messages + server.messages,
    ({ protocol, kind, name }) => `${protocol} ${kind} ${name ?? ''}`,
  );
}

/** Codes and how often each was found, the most first. */
export function byCode(findings2: ReadonlyMap<string, number>): (readonly [code: string, count: number])[] {
  return mostFirst(
    findings2,
    ([, count]) => count,
    ([code]) => code,
  );
}

/** Close codes, the most connections first. */
export function byCloseCode({ closes }: CaptureStats): CloseCount[] {
  return mostFirst(
    closes.values(),
    ({ connections }) => connections,
    ({ closeCode }) => String(closeCode).padStart(5),
  );
}

/** Messages for each second; `undefined` where they took none. */
export function perSecond({ messages, seconds }: Pick<Rate, 'messages' | 'seconds'>): number | undefined {
  if (seconds === undefined || seconds <= 0) return undefined;
  return Number((messages / seconds).toPrecision(4));
}

function duration(first: PacketTime | undefined, last: PacketTime | undefined): number | undefined {
  return first === undefined || last === undefined ? undefined : secondsBetween(first, last);
}

/** Seconds that a connection or a capture lasted. */
export function durationOf(
  stats: Pick<ConnectionStats, 'opened' | 'ended'> | Pick<CaptureStats, 'first' | 'last'>,
): number | undefined {
  return 'opened' in stats ? duration(stats.opened, stats.ended) : duration(stats.first, stats.last);
}

/** Messages of both sides. */
export function messagesOf({ client, server }: { readonly client: SideStats; readonly server: SideStats }): number {
  return client.totals.messages + server.totals.messages;
}
