/** Which modules stand together in a file of the bundle: each file that is loaded takes a millisecond of the start. */

/** Modules that stand in one file of the bundle: paths in src/ or of packages, or how they begin. */
interface Part {
  readonly file: string;
  readonly modules: readonly string[];
  readonly except?: readonly string[];
}

/** The modules of commands stand in `cli/commands/`. */
const commandFile = (name: string): string => `cli/commands/${name}.ts`;

/** What few captures need, and of the rest what few commands need, each in a file that is loaded late. */
const LATE: readonly Part[] = [
  {
    file: 'http2',
    modules: ['http2'],
    except: ['http-version', 'http2-frame', 'header-chain', 'frame-evidence'].map((name) => `http2/${name}`),
  },
  {
    file: 'tls',
    modules: ['tls/', 'common/ghash'],
    except: ['tls-stage', 'records/record.', 'session-cache', 'trial-budget', 'key-log/'].map((name) => `tls/${name}`),
  },
  { file: 'subprotocol', modules: ['subprotocol/'], except: ['subprotocol/sub-protocol', 'subprotocol/polling'] },
  {
    file: 'inflate',
    modules: [
      ...['bit-input', 'code-lengths', 'compressed-block', 'deflate-alphabet', 'huffman', 'inflater'],
      'sliding-window',
    ].map((name) => `message/${name}`),
  },
  {
    file: 'text-capture',
    modules: [
      'capture/text/',
      ...['bare-lines', 'frame-runs', 'weigh-frames'].map((name) => `websocket/boundaries/${name}`),
    ],
  },
  {
    file: 'recordings',
    modules: ['capture/recordings/', 'recorded-conversations', 'recorded-sockets'],
  },
  { file: 'joined', modules: ['joined-input', 'opened-file', 'packet-merge'].map((name) => `capture/join/${name}`) },
  { file: 'pcapng', modules: ['capture/pcapng/'], except: ['capture/pcapng/split-section'] },
  {
    file: 'compressed',
    modules: [
      'common/node/zlib',
      ...['gunzip', 'inflate', 'through', 'xxh64', 'zstd'].map((name) => `capture/compression/${name}`),
    ],
  },
  {
    file: 'encapsulations',
    modules: [
      ...['gre', 'gtp', 'l2tp', 'teredo', 'tzsp'].map((name) => `ip/${name}`),
      ...['describe', 'ieee80211', 'mpls', 'nflog', 'nsh', 'pktap', 'ppp', 'radio', 'serial'].map(
        (name) => `link/${name}`,
      ),
    ],
  },
  {
    file: 'json',
    modules: ['output/json/', 'output/records/shared-fields', 'output/records/record-field.'],
    except: ['pretty-json', 'json-path', 'json-in-text'].map((name) => `output/json/${name}`),
  },
  {
    file: 'text',
    modules: [
      ...['frames', 'message.', 'messages', 'layout', 'payload', 'width'].map((name) => `output/text/text-${name}`),
      ...['text/hex-dump', 'json/pretty-json'].map((name) => `output/${name}`),
    ],
  },
  {
    file: 'seldom',
    modules: [
      ...['community-id', 'multipath-option', 'subflow-mappings', 'tcp-meter'].map((name) => `tcp/${name}`),
      ...['before-start', 'given-up-holes', 'held-segments', 'late-segments', 'urgent-data'].map(
        (name) => `tcp/reassembly/${name}`,
      ),
      ...['datagram', 'extension-headers', 'tunnels', 'udp-tunnels'].map((name) => `ip/${name}`),
      ...['join/first-packet', 'pcap/pcap-modified', 'pcap/pcap-writer'].map((name) => `capture/${name}`),
      ...['messages/chunked-body', 'messages/early-head', 'messages/secret-fields', 'pairing/stray-answer'].map(
        (name) => `http/${name}`,
      ),
      ...['websocket/partial-frame', 'websocket/encode-frame', 'common/histogram', 'common/nearest'],
    ],
  },
  {
    file: 'many-inputs',
    modules: ['joined-files', 'live-capture', 'remote-input', 'rotation', 'key-log-files'].map(
      (name) => `cli/input/${name}`,
    ),
  },
  { file: 'wide-text', modules: ['output/wide-text'] },
  { file: 'brief', modules: ['output/text/text-brief', 'output/text/brief-starts'] },
  {
    file: 'calls',
    modules: ['output/call-events', 'output/records/call-fields'],
  },
  {
    file: 'checking',
    modules: [
      ...[
        'checked-connection',
        'records',
        'reporters/text-reporter',
        'reporters/violation-group',
        'reporters/wording',
      ].map((name) => `check/${name}.`),
      commandFile('checking/check-texts'),
    ],
  },
  { file: 'explanation', modules: ['explain/', commandFile('frames/explainer')] },
  {
    file: 'files',
    modules: ['export/spool', ...['exporting/export-target', 'exporting/output-file'].map(commandFile)],
  },
  { file: 'har', modules: ['export/har-', commandFile('exporting/har-file')] },
  {
    file: 'diagrams',
    modules: ['export/diagram-syntax', 'export/sequence-diagram', commandFile('exporting/diagram-file')],
  },
  { file: 'completion', modules: ['cli/completion/'], except: ['cli/completion/shells'] },
  {
    file: 'threads',
    modules: ['cli/parallel/', 'parallel/'],
    except: ['jobs', 'with-threads', 'worker.'].map((name) => `cli/parallel/${name}`),
  },
];

/** What nearly every capture needs. */
const DISSECT: Part = {
  file: 'dissect',
  modules: [
    ...['common/', 'capture/', 'link/', 'ip/', 'tcp/', 'tls/', 'http/', 'http2', 'websocket/', 'message/'],
    ...['print-captures', 'capture-printer', 'create-output', 'selection-of'].map((name) =>
      commandFile(`printing/${name}`),
    ),
    ...['read-captures', 'reported-consumer'].map((name) => commandFile(`reading/${name}`)),
    'node_modules/pcap-parser/',
    ...['cli/input/', 'cli/parallel/jobs', 'cli/parallel/with-threads', 'check/loss', 'subprotocol/polling'],
    ...['with-pager', 'interrupt', 'key-log-hint', 'notices', 'color.'].map((name) => `cli/terminal/${name}`),
    ...['sanitize', 'nothing-found', 'unsafe', 'clock', 'style', 'output', 'payload-pieces'].map(
      (name) => `output/${name}.`,
    ),
    ...['records/record-starts', 'records/shown-payload', 'text/text-finding'].map((name) => `output/${name}.`),
    ...['event', 'frame-events', 'conversation', 'pipeline', 'dissect', 'consumer'],
  ],
};

/** The command line itself: what is read of it, and what it answers at once. */
const COMMAND_LINE: Part = {
  file: 'command-line',
  modules: [
    ...[
      'completion/shells',
      'options/',
      'about',
      'exit-code',
      'program',
      'terminal/',
      'commands/commands',
      'commands/define-command',
      'commands/suggest',
    ].map((name) => `cli/${name}`),
    ...['cli/commands/shards/shard-tasks', 'filter/moment', 'subprotocol/sub-protocol'],
    'node_modules/commander/',
  ],
};

const PARTS = [...LATE, DISSECT, COMMAND_LINE];

/** The file of the bundle that a module of src/ stands in; `null` where the bundler decides. @param path - in src/ or of a package, with slashes */
export function fileOf(path: string): string | null {
  const beginsPath = (beginning: string): boolean => path.startsWith(beginning);
  const isIn = ({ modules, except = [] }: Part): boolean => modules.some(beginsPath) && !except.some(beginsPath);
  return PARTS.find(isIn)?.file ?? null;
}

/** Names of the parts that no module begins with: they were moved or renamed. @param paths - in src/ or of packages, with slashes */
export function namesWithoutModules(paths: readonly string[]): readonly string[] {
  const names = PARTS.flatMap(({ modules, except = [] }) => [...modules, ...except]);
  return names.filter((name) => !paths.some((path) => path.startsWith(name)));
}
