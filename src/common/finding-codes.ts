/** How much a finding matters: something is broken, something is missing or odd, something is worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

/** One row of the table of findings. */
export interface Rule {
  readonly severity: Severity;
  /** The section that it breaks or follows from, where there is one. */
  readonly rfc?: string;
  /** One sentence: why it matters. */
  readonly why: string;
  /** True where bytes or messages of the capture are missing from the output; `--strict` fails on these. */
  readonly loss?: true;
}

/** Every finding that wsdissect can make. The codes are a contract: none is renamed, and none is reused. */
export const RULES = {
  'capture.cut-record': {
    severity: 'warning',
    loss: true,
    why: 'The capture ends in the middle of a record, so its last packet is incomplete.',
  },
  'capture.bad-record': {
    severity: 'error',
    loss: true,
    why: 'A record cannot be as long as it says, so nothing after it can be found.',
  },
  'capture.bad-block': {
    severity: 'error',
    loss: true,
    why: 'A pcapng block contradicts itself, so what it holds cannot be trusted.',
  },
  'capture.bad-gzip': {
    severity: 'error',
    loss: true,
    why: 'The gzip stream is damaged or ends early, so the rest of the capture cannot be read.',
  },
  'capture.bad-compression': {
    severity: 'error',
    loss: true,
    why: 'The compressed data (zstd, xz, lz4, bzip2) is damaged or ends early, so the rest of the capture cannot be read.',
  },
  'capture.concatenated': {
    severity: 'note',
    why: 'The file holds several captures, one after the other, as `cat` makes it; all of them are read.',
  },
  'capture.missing-file': {
    severity: 'warning',
    loss: true,
    why: 'One of several files that are one capture is missing or cannot be read, so packets are missing where it stands.',
  },
  'capture.shard-numbers': {
    severity: 'warning',
    why: 'In a shard that `split` wrote, TCP connections begin elsewhere than its index of the files says, so their numbers, and those of later ones in other shards, may not be those of the whole set.',
  },
  'capture.bad-json': {
    severity: 'error',
    loss: true,
    why: 'The JSON of a HAR file or a NetLog is damaged or was cut, so nothing after that place can be read.',
  },
  'capture.no-messages': {
    severity: 'warning',
    loss: true,
    why: 'A HAR file has a WebSocket connection without its messages: not every program that writes HAR notes them.',
  },
  'capture.bad-message': {
    severity: 'warning',
    loss: true,
    why: 'A message of a HAR file lacks its type, opcode or data, or its data does not say which bytes were sent.',
  },
  'capture.recorded-error': {
    severity: 'note',
    why: 'The program that wrote the HAR file noted an error of the connection between its messages.',
  },
  'capture.other-stream': {
    severity: 'note',
    why: 'Lines of hex are one connection, stream 0, so another stream that is asked for is not in them.',
  },
  'capture.read-as': {
    severity: 'note',
    why: 'The input is no capture but a text or bytes of another form; what it was taken for decides what is read.',
  },
  'capture.not-ip': {
    severity: 'note',
    why: 'A packet of a pasted dump begins with no header that is known, as ARP does; it is not looked into.',
  },
  'capture.packets-dropped': {
    severity: 'warning',
    loss: true,
    why: 'The capturing program reports that it missed packets.',
  },
  'link.unknown-type': {
    severity: 'warning',
    loss: true,
    why: 'The packets have a link type that wsdissect does not read.',
  },
  'link.not-looked-into': {
    severity: 'warning',
    loss: true,
    why: 'Packets of protocols that wsdissect does not read, or cannot decrypt, may hold TCP connections.',
  },
  'link.malformed': {
    severity: 'warning',
    loss: true,
    why: 'A link-layer header runs past the end of its packet.',
  },
  'ip.malformed': {
    severity: 'warning',
    rfc: 'RFC 791 3.1',
    loss: true,
    why: 'An IP header contradicts itself or runs past the end of its packet.',
  },
  'ip.fragments-missing': {
    severity: 'warning',
    rfc: 'RFC 791 3.2',
    loss: true,
    why: 'Fragments of a datagram were not captured, so the datagram cannot be put together.',
  },
  'ip.fragment-overlap': {
    severity: 'warning',
    rfc: 'RFC 5722 3',
    why: 'Fragments that overlap with different bytes can show one thing to a monitor and another to the receiver.',
  },
  'tcp.malformed': {
    severity: 'warning',
    rfc: 'RFC 9293 3.1',
    loss: true,
    why: 'A TCP header contradicts itself or runs past the end of its packet.',
  },
  'tcp.gap': {
    severity: 'warning',
    rfc: 'RFC 9293 3.4',
    loss: true,
    why: 'Bytes that the connection carried are missing in their place; if they turn up later, `tcp.late` says so.',
  },
  'tcp.late': {
    severity: 'note',
    rfc: 'RFC 9293 3.4',
    loss: true,
    why: 'Bytes that were given up as missing are in a much later packet; they are not part of the output.',
  },
  'tcp.overlap-differs': {
    severity: 'warning',
    rfc: 'RFC 9293 3.10.7.4',
    why: 'The same sequence numbers carried different bytes twice; the first copy is shown.',
  },
  'tcp.before-start': {
    severity: 'note',
    rfc: 'RFC 9293 3.4',
    loss: true,
    why: 'Bytes from before the first captured segment came after it and are not part of the output.',
  },
  'tcp.out-of-window': {
    severity: 'note',
    rfc: 'RFC 9293 3.10.7.4',
    loss: true,
    why: 'Bytes have sequence numbers far outside the window, and nothing proves that the connection got that far.',
  },
  'tcp.not-believed': {
    severity: 'note',
    rfc: 'RFC 5961 3',
    why: 'A SYN, FIN, RST or acknowledgment has numbers that the connection cannot have, so it is ignored.',
  },
  'tcp.urgent': {
    severity: 'warning',
    rfc: 'RFC 6093 3',
    loss: true,
    why: 'A byte is marked as urgent: most receivers take it out of the stream, and so does the output.',
  },
  'tcp.multipath': {
    severity: 'warning',
    rfc: 'RFC 8684 3.3',
    loss: true,
    why: 'A connection spreads its bytes over several TCP connections; what went over the others is missing.',
  },
  'tcp.after-end': {
    severity: 'note',
    rfc: 'RFC 9293 3.5',
    loss: true,
    why: 'Bytes came with sequence numbers after the end of the stream and are not part of the output.',
  },
  'tls.key-log': {
    severity: 'warning',
    why: 'A key log holds no secret, so nothing is decrypted with it.',
  },
  'tls.not-captured': {
    severity: 'warning',
    rfc: 'RFC 8446 4.1',
    loss: true,
    why: 'Without the TLS handshake no key can be matched to the connection.',
  },
  'tls.no-secrets': {
    severity: 'warning',
    rfc: 'RFC 8446 7.1',
    loss: true,
    why: 'The key log holds no secret for this connection, so its bytes stay encrypted.',
  },
  'tls.unsupported': {
    severity: 'warning',
    rfc: 'RFC 8446 4.1.3',
    loss: true,
    why: 'The connection uses a TLS version or cipher suite that wsdissect does not decrypt.',
  },
  'tls.bad-record': {
    severity: 'warning',
    rfc: 'RFC 8446 5.2',
    loss: true,
    why: 'A record did not pass its authentication, so nothing of it is shown.',
  },
  'tls.gap': {
    severity: 'warning',
    rfc: 'RFC 8446 5.3',
    loss: true,
    why: 'Records were not captured whole, so what they carried is missing.',
  },
  'tls.malformed': {
    severity: 'warning',
    rfc: 'RFC 8446 5.1',
    loss: true,
    why: 'The bytes are not TLS records where records must be.',
  },
  'handshake.not-captured': {
    severity: 'note',
    rfc: 'RFC 6455 4',
    why: 'No opening handshake was captured, or another request may have followed the one that was: extensions and subprotocol are not known.',
  },
  'handshake.incomplete': {
    severity: 'note',
    rfc: 'RFC 6455 4',
    why: 'Only the request or only the response was captured.',
  },
  'handshake.bad-method': {
    severity: 'error',
    rfc: 'RFC 6455 4.1',
    why: 'The request must be a GET of at least HTTP/1.1.',
  },
  'handshake.missing-header': {
    severity: 'error',
    rfc: 'RFC 6455 4.1',
    why: 'A header field that the handshake must have is missing.',
  },
  'handshake.missing-key': {
    severity: 'error',
    rfc: 'RFC 6455 4.1',
    why: 'The request must carry exactly one Sec-WebSocket-Key.',
  },
  'handshake.bad-key': {
    severity: 'error',
    rfc: 'RFC 6455 4.1',
    why: 'Sec-WebSocket-Key must be 16 bytes in base64.',
  },
  'handshake.wrong-version': {
    severity: 'error',
    rfc: 'RFC 6455 4.1',
    why: 'Sec-WebSocket-Version must be 13.',
  },
  'handshake.missing-accept': {
    severity: 'error',
    rfc: 'RFC 6455 4.2.2',
    why: 'Without Sec-WebSocket-Accept the client must fail the connection.',
  },
  'handshake.wrong-accept': {
    severity: 'error',
    rfc: 'RFC 6455 4.2.2',
    why: 'Sec-WebSocket-Accept must be the hash of the key: another value means that the server did not understand the request.',
  },
  'handshake.extension-not-offered': {
    severity: 'error',
    rfc: 'RFC 6455 9.1',
    why: 'The server may only use extensions that the client offered.',
  },
  'handshake.subprotocol-not-offered': {
    severity: 'error',
    rfc: 'RFC 6455 4.2.2',
    why: 'The server may only choose a subprotocol that the client offered.',
  },
  'handshake.bad-extensions': {
    severity: 'error',
    rfc: 'RFC 6455 9.1',
    why: 'Sec-WebSocket-Extensions does not follow its grammar, or spells the name of an extension in another way.',
  },
  'handshake.no-subprotocol': {
    severity: 'warning',
    why: 'The client offers subprotocols and the server chooses none: browsers fail the connection then.',
  },
  'handshake.bad-status': {
    severity: 'error',
    rfc: 'RFC 6455 4.1',
    why: 'The answer has the fields of a handshake and a status line that cannot be read: a client must not accept it.',
  },
  'handshake.not-readable': {
    severity: 'warning',
    rfc: 'RFC 9112 2',
    loss: true,
    why: 'The bytes in place of the answer to an upgrade or CONNECT are not HTTP, so what follows is not read.',
  },
  'handshake.bad-parameter': {
    severity: 'error',
    rfc: 'RFC 7692 7.1',
    why: 'A permessage-deflate parameter is unknown, repeated, or out of range.',
  },
  'http2.connect-not-enabled': {
    severity: 'error',
    rfc: 'RFC 8441 3',
    why: 'A client must not ask for WebSocket over HTTP/2 before the server has said that it may.',
  },
  'http2.field-of-http1': {
    severity: 'error',
    rfc: 'RFC 9113 8.2.2',
    why: 'Fields that are about a connection of HTTP/1.1 make a request or answer over HTTP/2 malformed.',
  },
  'http2.unused-field': {
    severity: 'note',
    rfc: 'RFC 8441 5',
    why: 'The key and its answer prove a handshake over HTTP/1.1; over HTTP/2 nobody looks at them.',
  },
  'http2.early-data': {
    severity: 'warning',
    rfc: 'RFC 8441 5',
    why: 'Data sent before the server has accepted is lost where it refuses.',
  },
  'http2.data-after-end': {
    severity: 'error',
    rfc: 'RFC 9113 5.1',
    why: 'After END_STREAM a side must not send any more data on the stream.',
  },
  'http2.cut-data': {
    severity: 'warning',
    rfc: 'RFC 9113 6.1',
    loss: true,
    why: 'A DATA frame announces more bytes than it has, or than came before the end: WebSocket frames may have been in them.',
  },
  'http2.stream-reset': {
    severity: 'note',
    rfc: 'RFC 9113 6.4',
    why: 'One side ended the stream at once, in both directions.',
  },
  'http2.goaway': {
    severity: 'note',
    rfc: 'RFC 9113 6.8',
    why: 'One side ends the connection; it looks at no stream with a higher number.',
  },
  'http2.other-protocol': {
    severity: 'note',
    rfc: 'RFC 8441 4',
    why: 'A CONNECT asks for a tunnel, or for another protocol than WebSocket: it is not read.',
  },
  'http2.gap': {
    severity: 'warning',
    rfc: 'RFC 9113 4.1',
    loss: true,
    why: 'A frame header was not captured, so it is not known which streams lack bytes.',
  },
  'http2.header-lost': {
    severity: 'warning',
    rfc: 'RFC 7541 2.2',
    loss: true,
    why: 'A header section was not captured or cannot be read; later ones may refer to it, and those fields are not shown.',
  },
  'http2.not-decoded': {
    severity: 'warning',
    rfc: 'RFC 9113 4.1',
    loss: true,
    why: 'In captured bytes of HTTP/2 no frame could be found: what they carry is not shown.',
  },
  'subprotocol.began-by-polling': {
    severity: 'note',
    why: 'A conversation of Engine.IO or Socket.IO began by HTTP polling before its upgrade: what was said there is no WebSocket, and not decoded.',
  },
  'ws.not-decoded': {
    severity: 'warning',
    rfc: 'RFC 6455 5.2',
    loss: true,
    why: 'Bytes were captured, but where a frame begins in them cannot be proven.',
  },
  'ws.cut-header': {
    severity: 'warning',
    rfc: 'RFC 6455 5.2',
    loss: true,
    why: 'A frame header was not captured whole.',
  },
  'ws.reserved-opcode': {
    severity: 'error',
    rfc: 'RFC 6455 5.2',
    why: 'Opcodes 3 to 7 and 11 to 15 have no meaning: the receiver must fail the connection.',
  },
  'ws.reserved-bit': {
    severity: 'error',
    rfc: 'RFC 6455 5.2',
    why: 'RSV2 and RSV3 must be 0 unless an extension gives them a meaning.',
  },
  'ws.rsv1-without-extension': {
    severity: 'error',
    rfc: 'RFC 6455 5.2',
    why: 'RSV1 means a compressed message, and no compression was agreed on.',
  },
  'ws.rsv1-on-control': {
    severity: 'error',
    rfc: 'RFC 7692 6',
    why: 'Control frames are never compressed.',
  },
  'ws.rsv1-on-continuation': {
    severity: 'error',
    rfc: 'RFC 7692 6',
    why: 'RSV1 may be set on the first frame of a message only.',
  },
  'ws.client-not-masked': {
    severity: 'error',
    rfc: 'RFC 6455 5.1',
    why: 'A client must mask every frame: the server must close the connection.',
  },
  'ws.server-masked': {
    severity: 'error',
    rfc: 'RFC 6455 5.1',
    why: 'A server must not mask a frame: the client must close the connection.',
  },
  'ws.control-too-long': {
    severity: 'error',
    rfc: 'RFC 6455 5.5',
    why: 'A control frame carries at most 125 bytes.',
  },
  'ws.control-fragmented': {
    severity: 'error',
    rfc: 'RFC 6455 5.5',
    why: 'A control frame must not be fragmented.',
  },
  'ws.continuation-without-start': {
    severity: 'error',
    rfc: 'RFC 6455 5.4',
    why: 'A continuation frame needs a message that has begun.',
  },
  'ws.data-inside-fragments': {
    severity: 'error',
    rfc: 'RFC 6455 5.4',
    why: 'A new message must not begin before the fragmented one has ended.',
  },
  'ws.unfinished-message': {
    severity: 'warning',
    rfc: 'RFC 6455 5.4',
    loss: true,
    why: 'The final fragment of the message never came.',
  },
  'ws.length-not-minimal': {
    severity: 'error',
    rfc: 'RFC 6455 5.2',
    why: 'The shortest form of the payload length must be used.',
  },
  'ws.length-top-bit': {
    severity: 'error',
    rfc: 'RFC 6455 5.2',
    why: 'The most significant bit of a 64-bit payload length must be 0.',
  },
  'ws.length-too-large': {
    severity: 'warning',
    rfc: 'RFC 6455 5.2',
    why: 'No receiver takes a payload of more than 2^53 bytes; the bytes after this header are not frames.',
  },
  'ws.invalid-utf8': {
    severity: 'error',
    rfc: 'RFC 6455 8.1',
    why: 'Text must be UTF-8: the receiver must fail the connection.',
  },
  'ws.invalid-utf8-reason': {
    severity: 'error',
    rfc: 'RFC 6455 5.5.1',
    why: 'The reason of a close frame must be UTF-8.',
  },
  'ws.close-one-byte': {
    severity: 'error',
    rfc: 'RFC 6455 5.5.1',
    why: 'The body of a close frame is empty, or begins with a code of two bytes.',
  },
  'ws.close-code': {
    severity: 'error',
    rfc: 'RFC 6455 7.4',
    why: 'This close code must not be sent in a frame, or has no meaning.',
  },
  'ws.data-after-close': {
    severity: 'error',
    rfc: 'RFC 6455 5.5.1',
    why: 'After its close frame an endpoint must not send any more data.',
  },
  'deflate.bad-data': {
    severity: 'error',
    rfc: 'RFC 7692 7.2.2',
    loss: true,
    why: 'The compressed bytes are not valid DEFLATE.',
  },
  'deflate.lost-context': {
    severity: 'warning',
    rfc: 'RFC 7692 7.2.3.2',
    loss: true,
    why: 'The message refers back to bytes that are not known, so it cannot be inflated.',
  },
  'deflate.window-exceeded': {
    severity: 'error',
    rfc: 'RFC 7692 7.1.2',
    why: 'The message refers back beyond the window that was agreed on.',
  },
  'deflate.empty-payload': {
    severity: 'error',
    rfc: 'RFC 7692 7.2.3.6',
    why: 'A compressed message has at least one byte, 00. Without it receivers fail at the next message.',
  },
  'deflate.missing-tail': {
    severity: 'error',
    rfc: 'RFC 7692 7.2.1',
    why: 'Compressed data ends with the beginning of an empty block. Without it receivers fail at the next message.',
  },
  'deflate.after-final-block': {
    severity: 'warning',
    rfc: 'RFC 7692 7.2.3.4',
    why: 'Receivers differ after a final block: some drop later blocks, and most start again with an empty window.',
  },
  'deflate.trailing-bytes': {
    severity: 'warning',
    rfc: 'RFC 7692 7.2.1',
    why: 'Bytes follow the end of the compressed data.',
  },
  'limit.encapsulations': {
    severity: 'warning',
    loss: true,
    why: 'Headers are nested more deeply than is followed, so what the innermost one carries is not read.',
  },
  'limit.fragments': {
    severity: 'warning',
    loss: true,
    why: 'More IP fragments were outstanding than are kept.',
  },
  'limit.out-of-order': {
    severity: 'warning',
    loss: true,
    why: 'More bytes came after a hole than are kept, so the hole was given up.',
  },
  'limit.compared-bytes': {
    severity: 'note',
    why: 'Bytes came twice, too far apart for the two copies to be compared.',
  },
  'limit.connections': {
    severity: 'warning',
    why: 'More connections were open than are remembered; what an old one sends later counts as a new one.',
  },
  'limit.unrecognised': {
    severity: 'warning',
    why: 'Too many connections were examined at once before it was known what they carry.',
  },
  'limit.held-bytes': {
    severity: 'warning',
    loss: true,
    why: 'More bytes waited, for proof of what they are or for the rest of a message, than are kept.',
  },
  'limit.http-head': {
    severity: 'warning',
    loss: true,
    why: 'An HTTP head is longer than is kept, so the connection is not followed.',
  },
  'limit.tunnels': {
    severity: 'warning',
    loss: true,
    why: 'More tunnels run one inside another than are followed.',
  },
  'limit.header-list': {
    severity: 'warning',
    loss: true,
    why: 'A header section of HTTP/2 is longer than is kept: its last fields are not shown.',
  },
  'limit.hpack-table': {
    severity: 'warning',
    loss: true,
    why: 'A side of HTTP/2 keeps more header fields to refer to than are kept here: fields that need the others are not shown.',
  },
  'limit.http2-streams': {
    severity: 'warning',
    loss: true,
    why: 'An HTTP/2 connection has more streams that may be WebSocket than are followed at a time.',
  },
  'limit.message': {
    severity: 'warning',
    loss: true,
    why: 'A payload or message is longer than is kept.',
  },
  'limit.frame-gaps': {
    severity: 'warning',
    loss: true,
    why: 'A frame has more places where bytes are missing than are kept, so none of its payload is kept.',
  },
  'limit.inflate-ratio': {
    severity: 'warning',
    loss: true,
    why: 'A message inflates to more bytes for each compressed byte than is allowed.',
  },
  'limit.decoded-message': {
    severity: 'note',
    why: 'A message is longer than is looked into for what it means; its payload is shown as it is.',
  },
  'limit.secrets': {
    severity: 'warning',
    why: 'More TLS secrets were given than are kept, so the oldest were forgotten.',
  },
  'limit.findings': {
    severity: 'note',
    why: 'A connection has more findings than are listed one by one.',
  },
} as const satisfies Record<string, Rule>;

/** The stable name of a finding. */
export type FindingCode = keyof typeof RULES;
