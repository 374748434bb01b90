import { HeadEnd, parseHead } from './head-parser.js';
import { asksForWebSocket, switchesTo } from './head.js';
import { beginsLikeHead, parseRequestLine, parseStatus } from './start-line.js';

/**
 * Whether a chunk begins with a whole request for WebSocket, or a whole 101 that answers one.
 *
 * So much hardly ever stands at the beginning of a segment by chance, so it is believed even where frames are
 * expected.
 */
export function beginsUpgrade(chunk: Buffer): boolean {
  if (!beginsLikeHead(chunk)) return false;
  const length = new HeadEnd().find(chunk);
  if (length === undefined) return false;
  const head = parseHead(chunk.subarray(0, length));
  if (parseRequestLine(head.startLine) !== undefined) return asksForWebSocket(head);
  return parseStatus(head.startLine) === 101 && switchesTo(head) === 'websocket';
}
