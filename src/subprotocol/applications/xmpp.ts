import type { DataMessage, Meaning, MeaningKind, SubProtocol } from '../sub-protocol.js';

/** XMPP over WebSocket (RFC 7395): the name and the attributes of each stanza. */
export const XMPP: SubProtocol = {
  name: 'xmpp',
  recognise: ({ subprotocol }) => (subprotocol?.toLowerCase() === 'xmpp' ? 'subprotocol' : undefined),
  decoder: () => ({ decode }),
};

const NAME = /^\s*(?:<\?xml[^>]{0,100}\?>\s*)?<([A-Za-z_][\w.:-]{0,200})/;
const ATTRIBUTE = /\s+([A-Za-z_][\w.:-]{0,200})\s*=\s*(?:'([^'<]*)'|"([^"<]*)")/y;

function decode({ isText, text }: DataMessage): Meaning[] | undefined {
  const start = isText ? NAME.exec(text) : null;
  if (start === null) return undefined;
  const name = start[1]!;
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = start[0].length;
  for (let match = ATTRIBUTE.exec(text); match !== null; match = ATTRIBUTE.exec(text)) {
    attributes.set(match[1]!, unescape(match[2] ?? match[3] ?? ''));
  }
  const kind = kindOf(name, attributes.get('type'));
  // Only an iq is answered: another stanza may have the same id.
  const exchange = name === 'iq' ? {} : { exchange: name };
  const channel = attributes.get('to') ?? attributes.get('from');
  return [{ kind, name, id: attributes.get('id'), channel, ...exchange }];
}

function kindOf(name: string, type: string | undefined): MeaningKind {
  switch (name) {
    case 'iq':
      if (type === 'result') return 'reply';
      return type === 'error' ? 'error' : 'call';
    case 'open':
      return 'open';
    case 'close':
      return 'close';
    default:
      return type === 'error' || name === 'failure' || name === 'stream:error' ? 'error' : 'event';
  }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name]!);
}
