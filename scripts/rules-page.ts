import { RULES, type Rule } from '../src/common/finding-codes.js';

const HEAD = `<!-- Written by scripts/docs.ts from src/common/finding-codes.ts: npm run docs. -->

# Rules

Every finding that wsdissect can make. The codes are a contract: none is renamed, and none is reused.
\`wsdissect check --list-rules\` prints this list, with \`--json\` as JSON lines.

- **error**: the traffic breaks the document, or the capture file is damaged. \`check\` fails on it.
- **warning**: something is missing, or odd. \`check --fail-on warning\` fails on it too.
- **note**: worth knowing. \`check --fail-on note\` fails on it too.

*Loss* marks the findings that say that bytes or messages are missing from the output; \`--strict\` fails on these.
\`--allow CODE\` accepts a finding; \`--rules rfc6455,rfc7692,CODE\` ignores all others.
`;

/** What the part of a code before its dot is about. */
const GROUPS: Readonly<Record<string, string>> = {
  capture: 'The capture file',
  link: 'Link layer',
  ip: 'IP',
  tcp: 'TCP',
  tls: 'TLS',
  handshake: 'Opening handshake',
  http2: 'HTTP/2',
  subprotocol: 'What is spoken in messages',
  ws: 'WebSocket frames and messages',
  deflate: 'permessage-deflate',
  limit: 'Limits of wsdissect',
};

/** What there is to say of all rules of a group. */
const REMARKS: Readonly<Record<string, string>> = {
  http2: 'Of WebSocket over HTTP/2 (RFC 8441). HTTP/3 (RFC 9220) is not read, so there are no rules for it.\n\n',
};

/** docs/rules.md: the table of findings, as a page. */
export function rulesPage(): string {
  const rules: readonly (readonly [string, Rule])[] = Object.entries(RULES);
  const sections = [...new Set(rules.map(([code]) => groupOf(code)))].map((group) => {
    const rows = rules.filter(([code]) => groupOf(code) === group).map(([code, rule]) => row(code, rule));
    return `\n## ${GROUPS[group] ?? group}\n\n${REMARKS[group] ?? ''}| code | severity | section | why |\n| --- | --- | --- | --- |\n${rows.join('')}`;
  });
  return HEAD + sections.join('');
}

function groupOf(code: string): string {
  return code.slice(0, code.indexOf('.'));
}

function row(code: string, { severity, rfc, why, loss }: Rule): string {
  return `| \`${code}\` | ${severity}${loss === true ? ', loss' : ''} | ${rfc === undefined ? '' : link(rfc)} | ${why} |\n`;
}

function link(rfc: string): string {
  const [, number = '', section = ''] = rfc.split(' ');
  return `[${rfc}](https://www.rfc-editor.org/rfc/rfc${number}#section-${section})`;
}
