/** What there is to know about the command beyond its table of options: paragraphs below a title. No markup. */
export const NOTES: readonly (readonly [title: string, ...paragraphs: string[]])[] = [
  [
    'Inputs',
    'The format is recognised by content, never by name: pcap in both byte orders with micro- or nanoseconds, ' +
      'pcapng, HAR, NetLog, each as it is or compressed with gzip, zstd, xz, lz4 or bzip2; lines of hex, one packet a line, as ' +
      'tshark prints them with -T fields -e tcp.payload; and dumps. Input from a pipe is shown as it comes.',
    'WebSocket is read over HTTP/1.1 and HTTP/2 (RFC 8441), with or without TLS. HTTP/3 (RFC 9220) is not read: it runs over ' +
      'QUIC, and so over UDP.',
    'An input that cannot be read does not keep the others from being read; the exit code is 2 all the same.',
  ],
  [
    'Selecting',
    'What is shown must pass all of --opcode, --from, --match and --packet. A frame and the message that it completes ' +
      'are shown together: --match looks at the text of both, so a compressed frame is found by what it says. Where ' +
      'bytes are missing, --match looks at each run between them, never across. The numbers of frames and messages in ' +
      'text are those of the whole capture, whatever is selected.',
    'Findings on stderr, and --strict, are about all that was read, not only of what was selected. With --count nothing ' +
      'is read after the last record, so nothing is reported about it.',
    'A regular expression with nested repetitions, such as (a+)+$, can take very long on some texts: JavaScript ' +
      'sets no limit. It comes from you, not from the capture, so write it with care.',
  ],
  [
    'Times',
    '--time relative counts from the first record of the capture, shown or not; delta from the record that was shown ' +
      'before; both are in seconds with a sign, because a frame may be complete after one that began later. ' +
      'JSON always has the time of the capture.',
  ],
  [
    'Progress',
    'While a file of more than 50 MB is read and stderr is a terminal, a line on stderr says how far it is. It is ' +
      'never there in a pipe, nor with --quiet or --pager.',
  ],
];
