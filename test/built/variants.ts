import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command line but for its capture. */
export interface Variant {
  readonly argv: readonly string[];
  /** Streams that are terminals. */
  readonly terminals?: readonly ('stdin' | 'stdout' | 'stderr')[];
}

const EXPECTATIONS = `checks:
  - filter: { min: 0, match: { type: message, text__contains: 日本 } }
  - filter: { min: 0, match: { type: connection, handshake: accepted } }
`;

/** Every command with every option that changes what it prints, and each of the values that an option may have. */
export function variants(folder: string): ReadonlyMap<string, readonly Variant[]> {
  const expectations = join(folder, 'expect.yaml');
  writeFileSync(expectations, EXPECTATIONS);
  const ignored = join(folder, 'ignore.yaml');
  writeFileSync(ignored, 'ignore:\n  - path: $.sid\n  - pattern: "[0-9]+"\n');
  // The streams of these tests are their own, and a file that is missing is the business of others.
  writeFileSync(join(folder, 'golden'), '');
  const redacted = join(folder, 'redact.yaml');
  writeFileSync(
    redacted,
    'redact:\n  - pattern: "[a-z]{3}"\n  - path: $..sid\n  - preset: address\n  - preset: host\n',
  );
  const redacting = [`--redact ${redacted}`, `--redact ${redacted} --redact-check`];
  const report = join(folder, 'report');
  const inputs = ['--input auto', '--input raw', '--tunnel udp/6082=geneve', '--read-file fixtures/send.pcap'];
  const reading = [
    '--stream 0',
    '--port 80 --extensions permessage-deflate',
    '--max-payload 0',
    '--max-payload 1G',
    '--max-message 3',
    '--color always',
    '--color never',
    '--color auto',
    '--strict',
    '--quiet',
    ...inputs,
  ];
  const findings = ['all', 'summary', 'none'].map((which) => `--findings ${which}`);
  const filtering = [
    '--url [a-z] --host 127.0.0.1',
    '--host *.test --invert',
    '--between 2000-01-01T00:00:00Z..2100-01-01T00:00:00.5+01:00 --invert',
    '--between ..0',
    '--where has(file)||stream>=0',
  ];
  const printing = [
    ...reading,
    ...filtering,
    '--count 1',
    ...findings,
    ...['absolute', 'local', 'utc', 'relative', 'delta', 'epoch'].map((form) => `--time ${form}`),
  ];
  const selecting = [
    ...printing,
    '--opcode text,8,10',
    '--from client',
    '--from server',
    '--match [a-zé日]',
    '--match CLIENT|ÜBER --ignore-case',
    '--packet 4-',
    '--opcode 8,9 --context 1',
    '--pretty',
    '--pretty --color always',
  ];
  const table: Readonly<Record<string, readonly string[]>> = {
    frames: [
      '',
      '--raw',
      '--json',
      '--json --strict',
      '--brief',
      '--brief --color always',
      ...selecting,
      '--brief --match é',
    ],
    messages: [
      '',
      '--json',
      '--json --findings all',
      '--brief',
      '--brief --match é',
      '--raw',
      '--decode off',
      '--decode json,ndjson --json',
      '--decode socket.io,json --pretty',
      ...selecting,
      '--where decoded.name=="chat"||findings.exists(f,f.severity!="note")',
    ],
    connections: [
      '',
      '--json',
      '--headers',
      '--headers --json',
      '--headers --color always',
      '--where stream==0 --context 1',
      ...printing,
    ],
    calls: [
      '',
      '--json',
      '--slowest 2',
      '--where outcome=="ok" --context 1',
      '--decode off',
      ...filtering,
      ...reading.filter((line) => !line.includes('--max-payload')),
    ],
    follow: [
      '',
      '--pretty',
      '--pretty --color always',
      '--decode json,msgpack',
      '--where length>3',
      '--where length>3 --context 1',
      ...findings,
      ...filtering,
      ...reading,
    ],
    stats: [
      '',
      '--json',
      '--decode off',
      '--where opcode<8',
      '--where length>3 --json',
      ...filtering,
      ...findings,
      ...reading.filter((line) => !line.includes('--max-payload')),
    ],
    report: [
      // On a terminal it asks for a file.
      `--output ${report}.html --force`,
      '',
      '--max-messages 3',
      '--decode off',
      ...findings,
      ...filtering,
      ...reading.filter((line) => !line.includes('--color')),
    ],
    check: [
      '',
      '--json',
      ...reading,
      ...['text', 'json', 'github', 'markdown', 'junit', 'sarif', 'html'].map((name) => `--reporter ${name}`),
      `--reporter sarif=${report} --reporter junit=${report}2`,
      '--fail-on error',
      '--fail-on warning',
      '--fail-on note',
      '--rules rfc6455 --allow ws.unfinished-message --allow-empty',
      `--expect ${expectations}`,
      `--golden ${join(folder, 'golden')} --update`,
      `--golden ${join(folder, 'golden')}`,
      `--golden ${join(folder, 'golden')} --ignore ${ignored}`,
      '--list-rules',
    ],
    explain: [
      '',
      '--json',
      '--packet 4',
      '--frame 2',
      '--from client',
      '--from server',
      '--bytes 0',
      ...reading,
      ...findings,
    ],
    export: [
      '--har',
      `--har --output ${report}.har --force`,
      `--payloads ${join(folder, 'payloads')} --force`,
      '--mermaid',
      '--plantuml',
      '--har --stream 0',
      '--har --port 80 --extensions permessage-deflate',
      '--har --max-message 3',
      '--har --strict',
      '--har --quiet',
      ...[...findings, ...inputs].map((line) => `--har ${line}`),
      ...['frame', 'message', 'connection', 'call'].map((type) => `--csv --type ${type}`),
      '--csv --excel --decode json',
      '--tsv --fields time,direction,text,status',
      ...filtering.map((line) => `--csv ${line}`),
      '--har --where length>0',
      `--csv --output ${report}.csv --force`,
      `--parquet ${report}.parquet --force`,
      `--pcap ${report}.pcap --force`,
      `--pcap ${report}.pcap --plain --force`,
    ],
  };
  const given = (line: string): Variant => ({ argv: line.split(' ').filter((word) => word !== '') });
  return new Map(
    Object.entries(table).map(([name, lines]) => [
      name,
      // A terminal is written to in its width, with colours and a progress line.
      [...lines, ...redacting.map((words) => `${lines[0]} ${words}`)]
        .map(given)
        .concat({ ...given(lines[0]!), terminals: ['stdin', 'stdout', 'stderr'] }),
    ]),
  );
}
