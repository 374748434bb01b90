import type { ErrorCode } from '../src/common/error.js';

/** Why wsdissect could not go on, and what to do next: for each code. */
const ERRORS: Readonly<Record<ErrorCode, readonly [what: string, next: string]>> = {
  'no-such-file': [
    'A file that was named does not exist.',
    'Check its path. A command comes before its options: `wsdissect messages --json FILE`.',
  ],
  'is-a-directory': [
    'A directory was named where a file is needed.',
    'Name the captures in it, as in `captures/*.pcap`. `wsdissect check` takes directories.',
  ],
  unreadable: [
    'A file exists but cannot be read: permission is denied, the disk fails, or it is far too long for what it is.',
    'Read the reason in the message. Captures of `tcpdump` often belong to root: `sudo chown "$USER" FILE`.',
  ],
  unwritable: [
    'Standard output, an output file or the pager cannot be written to: the disk is full, or the file exists already.',
    'Make room, choose another file, or overwrite it with `--force`.',
  ],
  'empty-input': [
    'The input has no byte, or nothing but white space.',
    'Did the program before the pipe fail? `tcpdump` needs `-U -w -` to write packets as they come.',
  ],
  'not-a-capture': [
    'The input is neither pcap nor pcapng (gzipped or not), nor lines of hex.',
    'The message says what it looks like. Other formats are converted with `editcap -F pcapng IN OUT`.',
  ],
  'unsupported-version': [
    'The file is pcap or pcapng, of a version that wsdissect does not read.',
    'Convert it with `editcap -F pcapng IN OUT`.',
  ],
  'bad-hex': [
    'A line of hex has a character that is not a hex digit, or half a byte. The message says which line and column.',
    'Print only the payloads, as in `tshark -r FILE -T fields -e tcp.payload`.',
  ],
  'bad-option': [
    'An option, an expectation, a rule or a golden file is not what it must be.',
    'The message names it and says what is allowed; `wsdissect help COMMAND` has all options.',
  ],
  'bad-frame': [
    'A frame cannot be built as asked: its opcode, length or masking key does not fit into the header.',
    'The message says what fits (RFC 6455 section 5.2).',
  ],
  'no-such-frame': [
    'The capture has no frame of this number, or none that this packet completed.',
    '`wsdissect --brief FILE` lists the frames with their packets.',
  ],
};

/** docs/errors.md: the table of errors, as a page. */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, [what, next]]) => `| \`${code}\` | ${what} | ${next} |`);
  return `<!-- Written by scripts/docs.ts from scripts/errors-page.ts: npm run docs. -->

# Errors

Where wsdissect cannot go on it ends with exit code 2 and one line on stderr: \`wsdissect: FILE: what is wrong, and what to
do\`. In the library it is a \`WsdissectError\` with one of these as its \`code\`. The codes are a contract: none is renamed.
What is merely wrong in a capture is a finding and not an error: [rules](rules.md).

| code | what happened | what to do |
| --- | --- | --- |
${rows.join('\n')}
`;
}
