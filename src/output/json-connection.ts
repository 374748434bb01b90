import { isUtf8 } from 'node:buffer';
import type { ConnectionEvent, DirectionTotals } from '../events.js';
import type { TlsSummary } from '../tls/tls-summary.js';
import { endpoints, type JsonRecordWriter } from './json-record.js';
import { inflateRatio } from './ratio.js';

/** Writes the record of a connection. */
export function writeConnection(record: JsonRecordWriter, event: ConnectionEvent): void {
  const { connection, handshake, client, server } = event;
  record.begin();
  record.number('stream', connection.stream);
  record.time(event.at);
  record.ascii(`${endpoints(connection)},"handshake":"${handshake.state}"`);
  record.number('httpStatus', handshake.httpStatus);
  record.text('url', handshake.url);
  record.text('origin', handshake.origin);
  record.text('offeredSubprotocols', handshake.offeredSubprotocols);
  record.text('subprotocol', handshake.subprotocol);
  record.text('extensions', handshake.extensions);
  record.ascii(
    `,"clientFrames":${client.frames},"serverFrames":${server.frames}` +
      `,"clientMessages":${client.messages},"serverMessages":${server.messages}` +
      `,"clientBytes":${client.bytes},"serverBytes":${server.bytes}` +
      `,"clientMissingBytes":${client.missingBytes},"serverMissingBytes":${server.missingBytes}` +
      compression('client', client) +
      compression('server', server),
  );
  record.number('closeCode', event.closeCode);
  if (event.closeReason !== undefined && isUtf8(event.closeReason)) {
    record.text('closeReason', event.closeReason.toString('utf8'));
  }
  record.text('closedBy', event.closedBy);
  record.text('end', event.end);
  if (event.tls !== undefined) writeTls(record, event.tls);
  record.end(event.findings, true);
}

function compression(side: 'client' | 'server', totals: DirectionTotals): string {
  const ratio = inflateRatio(totals);
  if (ratio === undefined) return '';
  const { compressedBytes, inflatedBytes } = totals;
  return `,"${side}CompressedBytes":${compressedBytes},"${side}InflatedBytes":${inflatedBytes},"${side}Ratio":${ratio}`;
}

function writeTls(record: JsonRecordWriter, tls: TlsSummary): void {
  record.ascii(`,"tls":{"version":${JSON.stringify(tls.version)}`);
  record.text('cipher', tls.cipher);
  record.text('alpn', tls.alpn);
  record.text('sni', tls.sni);
  record.ascii('}');
}
