import { finding, type Finding } from '../common/finding.js';
import { pathOf } from './sub-protocol.js';

/**
 * Whether a conversation of Engine.IO began by HTTP polling: its URL has a session id only then, as the server gives one in
 * its first packet. What was said before the upgrade, on this TCP connection or on others, is no WebSocket.
 */
export function beganByPolling(url: string | undefined): boolean {
  if (url === undefined || !url.includes('sid=')) return false;
  const path = pathOf(url);
  return /[?&]EIO=\d/.test(path) && /[?&]transport=websocket(?:&|$)/.test(path) && /[?&]sid=[^&]/.test(path);
}

/** What is to be told of it. */
export function pollingFinding(url: string | undefined): Finding | undefined {
  if (!beganByPolling(url)) return undefined;
  const message =
    'the conversation began by HTTP polling, as the session id in its URL tells: what was said before the upgrade is not decoded';
  return finding('subprotocol.began-by-polling', message);
}
