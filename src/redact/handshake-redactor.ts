import type { Finding } from '../common/finding.js';
import { RULES, type FindingCode } from '../common/finding-codes.js';
import type { Handshake, HttpHead } from '../http/handshake.js';
import { fieldValues } from '../http/messages/head.js';
import { parseRequestLine } from '../http/messages/start-line.js';
import type { TextRedactor } from './text/text-redactor.js';
import { FILLER } from './text/span.js';

/** Fields whose value is a host, with a port or without. */
const HOST_FIELDS: ReadonlySet<string> = new Set([
  'host',
  ':authority',
  'x-forwarded-host',
  'x-forwarded-server',
  'x-original-host',
]);
/** Findings whose sentence quotes fields of a handshake, or a part of them. */
const QUOTING: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'handshake.bad-method',
  'handshake.bad-key',
  'handshake.wrong-version',
  'handshake.bad-extensions',
  'handshake.bad-parameter',
  'handshake.wrong-accept',
  'handshake.extension-not-offered',
  'handshake.no-subprotocol',
  'handshake.subprotocol-not-offered',
]);
/** Findings whose sentence quotes what may be cut: no pattern needs to fit it any more. */
const CUTTING: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'capture.recorded-error',
  'ws.invalid-utf8',
  'http2.other-protocol',
]);

/** Replaces what the rules name in what is known of handshakes, and in findings. */
export class HandshakeRedactor {
  readonly #texts: TextRedactor;
  /** A head is told several times, and is the same each time. */
  readonly #heads = new WeakMap<HttpHead, HttpHead>();

  constructor(texts: TextRedactor) {
    this.#texts = texts;
  }

  handshake(handshake: Handshake): Handshake {
    const { request, response, url, origin, offeredSubprotocols, subprotocol, extensions, findings, ...rest } =
      handshake;
    for (const head of [request, response]) if (head !== undefined && !this.#heads.has(head)) this.#learn(head);
    const heads = { request: request && this.#head(request), response: response && this.#head(response) };
    const isChanged = heads.request !== request || heads.response !== response;
    const from = (head: 'request' | 'response', read: (head: HttpHead) => string | undefined, value: string): string =>
      this.#fact([handshake[head], heads[head]], read, value);
    return {
      ...rest,
      ...(heads.request === undefined ? {} : { request: heads.request }),
      ...(heads.response === undefined ? {} : { response: heads.response }),
      ...(url === undefined ? {} : { url: from('request', (head) => urlOf(head, url), url) }),
      ...(origin === undefined ? {} : { origin: from('request', (head) => fieldValues(head, 'origin')[0], origin) }),
      ...(offeredSubprotocols === undefined
        ? {}
        : { offeredSubprotocols: from('request', protocolsOf, offeredSubprotocols) }),
      ...(subprotocol === undefined ? {} : { subprotocol: from('response', protocolsOf, subprotocol) }),
      ...(extensions === undefined ? {} : { extensions: from('response', extensionsOf, extensions) }),
      findings: findings.map((found) => this.finding(found, isChanged)),
    };
  }

  /** @param isHandshakeChanged - something of its connection's handshake was replaced, or is not known */
  finding(found: Finding, isHandshakeChanged: boolean): Finding {
    const { code, peer } = found;
    const { hosts } = this.#texts;
    if (peer !== undefined && hosts !== undefined) hosts.learn(peerName(peer));
    const isHidden = CUTTING.has(code) || (isHandshakeChanged && QUOTING.has(code));
    const message = isHidden ? RULES[code].why : this.#texts.text(found.message);
    if (message === found.message && peer === undefined) return found;
    return { ...found, message, ...(peer === undefined ? {} : { peer: this.#peer(peer) }) };
  }

  /** A name that TLS was asked for. */
  name(name: string): string {
    const { hosts } = this.#texts;
    hosts?.learn(name);
    return this.#texts.text(name);
  }

  #peer(peer: string): string {
    const name = peerName(peer);
    const cut = name.endsWith('...') ? FILLER.repeat(Buffer.byteLength(name)) : name;
    return this.#texts.text(cut + peer.slice(name.length));
  }

  /** What a head says, of the head as it is now; the text by itself where it was not said by the head. */
  #fact(
    [head, changed]: readonly [HttpHead | undefined, HttpHead | undefined],
    read: (head: HttpHead) => string | undefined,
    value: string,
  ): string {
    const isRead = head !== undefined && changed !== undefined && read(head) === value;
    return this.#texts.text((isRead ? read(changed) : undefined) ?? value);
  }

  #head(head: HttpHead): HttpHead {
    let changed = this.#heads.get(head);
    if (changed === undefined) {
      changed = this.#redacted(head);
      this.#heads.set(head, changed);
    }
    return changed;
  }

  /** What its fields say may stand elsewhere too. */
  #learn({ fields }: HttpHead): void {
    const { hosts } = this.#texts;
    for (const [name, value] of fields) {
      const key = name.toLowerCase();
      if (HOST_FIELDS.has(key)) hosts?.learn(hostOf(value));
      const rule = this.#texts.ruleOfHeader(name);
      if (rule !== undefined) for (const part of partsOf(key, value)) this.#texts.learn(part, rule);
    }
  }

  #redacted(head: HttpHead): HttpHead {
    const startLine = this.#texts.text(head.startLine, { isCounted: true });
    let isChanged = startLine !== head.startLine;
    const fields = head.fields.map(([name, value]): readonly [string, string] => {
      const field = this.#field(name, value);
      isChanged ||= field[0] !== name || field[1] !== value;
      return field;
    });
    return isChanged ? { ...head, startLine, fields } : head;
  }

  #field(name: string, value: string): readonly [name: string, value: string] {
    const rule = this.#texts.ruleOfHeader(name);
    if (rule !== undefined && value !== '') {
      this.#texts.count(rule, value);
      return [name, FILLER.repeat(Buffer.byteLength(value))];
    }
    const { hosts } = this.#texts;
    const host = hosts !== undefined && HOST_FIELDS.has(name.toLowerCase()) ? hostOf(value) : '';
    const mapped = host === '' ? value : hosts!.mapField(host) + value.slice(host.length);
    if (mapped !== value) return [name, this.#texts.text(mapped, { isCounted: true })];
    // A pattern may be about the name of a field too.
    const line = `${name}: ${value}`;
    const changed = this.#texts.text(line, { isCounted: true });
    if (changed === line) return [name, value];
    const colon = changed.indexOf(':');
    const isNameKept = colon === name.length && changed.startsWith(`${name}:`);
    const own = isNameKept ? changed.slice(colon + 1).replace(/^ /u, '') : FILLER.repeat(Buffer.byteLength(value));
    return [this.#texts.text(name), this.#texts.text(own)];
  }
}

/** What of a field is a secret by itself. */
function partsOf(name: string, value: string): string[] {
  const pairs = /^set-cookie2?$/u.test(name) ? value.split(';', 1) : name.startsWith('cookie') ? value.split(';') : [];
  const cookies = pairs.map((pair) => pair.slice(pair.indexOf('=') + 1).trim());
  return [value, value.replace(/^[\w-]+[ \t]+/u, ''), ...cookies];
}

function hostOf(value: string): string {
  return /^[^:/?#[\]]*/u.exec(value.trim())![0];
}

function peerName(peer: string): string {
  const at = peer.lastIndexOf(' at ');
  if (at >= 0) return peer.slice(0, at);
  return /^(?:\[.*\]|[\d.]+):\d+$/u.test(peer) ? '' : peer;
}

function protocolsOf(head: HttpHead): string | undefined {
  return joined(head, 'sec-websocket-protocol');
}

function extensionsOf(head: HttpHead): string | undefined {
  return joined(head, 'sec-websocket-extensions');
}

function joined(head: HttpHead, name: string): string | undefined {
  const values = fieldValues(head, name);
  return values.length === 0 ? undefined : values.join(', ');
}

/** The URL that a request asks for, with the scheme of the one that is known. */
function urlOf(head: HttpHead, known: string): string | undefined {
  const scheme = /^wss?(?=:\/\/)/u.exec(known)?.[0] ?? 'ws';
  const [path] = fieldValues(head, ':path');
  const [host] = [...fieldValues(head, ':authority'), ...fieldValues(head, 'host')];
  const target = path ?? parseRequestLine(head.startLine)?.target;
  if (target === undefined || /^[A-Za-z][A-Za-z0-9+.-]*:\/\//u.test(target)) return target;
  return host === undefined ? undefined : `${scheme}://${host}${target}`;
}
