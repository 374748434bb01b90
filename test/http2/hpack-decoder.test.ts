import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { HpackDecoder, type HpackField } from '../../src/http2/hpack/hpack-decoder.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const decoderOf = (hpackTable: number, held = new HeldBytes(1e6)): HpackDecoder =>
  new HpackDecoder({ hpackTable, headerList: 65_536 }, true, held);
const pairs = (fields: readonly HpackField[]): string[] =>
  fields.map(({ name, value }) => `${name ?? '?'}: ${value ?? '?'}`);

const REQUESTS = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
];
const RESPONSES = [
  [
    ':status: 302',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:21 GMT',
    'location: https://www.example.com',
  ],
  [
    ':status: 307',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:21 GMT',
    'location: https://www.example.com',
  ],
  [
    ':status: 200',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:22 GMT',
    'location: https://www.example.com',
    'content-encoding: gzip',
    'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  ],
];

/** The header blocks of RFC 7541 appendix C, and what the appendix says that they are. */
const EXAMPLES: [name: string, tableSize: number, blocks: string[], lists: string[][]][] = [
  [
    'C.3 requests',
    4096,
    [
      '828684410f7777772e6578616d706c652e636f6d',
      '828684be58086e6f2d6361636865',
      '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    ],
    REQUESTS,
  ],
  [
    'C.4 requests with Huffman code',
    4096,
    [
      '828684418cf1e3c2e5f23a6ba0ab90f4ff',
      '828684be5886a8eb10649cbf',
      '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
    ],
    REQUESTS,
  ],
  [
    'C.5 responses with a table of 256 bytes',
    256,
    [
      '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
      '4803333037c1c0bf',
      '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
    ],
    RESPONSES,
  ],
  [
    'C.6 responses with Huffman code',
    256,
    [
      '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
      '4883640effc1c0bf',
      '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    ],
    RESPONSES,
  ],
];

describe('HpackDecoder', () => {
  it.each(EXAMPLES)('reads RFC 7541 %s', (_name, tableSize, blocks, lists) => {
    const decoder = decoderOf(65_536);
    // The appendix has a table of that size from the start.
    if (tableSize !== 4096)
      decoder.decode(
        Buffer.concat([hex('3f'), hex((tableSize - 31 - 128 + 0x80).toString(16).padStart(2, '0') + '01')]),
      );
    for (const [index, block] of blocks.entries()) {
      const { fields, error, isIncomplete } = decoder.decode(hex(block));
      expect(error).toBeUndefined();
      expect(isIncomplete).toBe(false);
      expect(pairs(fields)).toEqual(lists[index]);
    }
  });

  it('shows no field that depends on a header block that was lost, and all that do not', () => {
    const decoder = decoderOf(65_536);
    decoder.decode(hex('828684410f7777772e6578616d706c652e636f6d'));
    decoder.lose();
    // Block 3 of C.3: it refers to :authority of the first block by 63, or by whatever the lost one made of it.
    const { fields, error, isIncomplete } = decoder.decode(
      hex('828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565'),
    );
    expect([error, isIncomplete]).toEqual([undefined, true]);
    expect(pairs(fields)).toEqual([
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      '?: ?',
      'custom-key: custom-value',
    ]);
    // What was added after the loss is known again by its number.
    expect(pairs(decoder.decode(hex('be')).fields)).toEqual(['custom-key: custom-value']);
  });

  it('keeps no more than it may, and says so of what is older', () => {
    const decoder = decoderOf(100);
    decoder.decode(hex('3fe1ff03'));
    for (const letter of ['a', 'b', 'c', 'd', 'e'])
      decoder.decode(Buffer.from(`\x40\x01${letter}\x01${letter}`, 'latin1'));
    expect(pairs(decoder.decode(hex('be')).fields)).toEqual(['e: e']);
    expect(pairs(decoder.decode(hex('c2')).fields)).toEqual(['?: ?']);
  });

  it('keeps no entries where too much waits elsewhere, says so, and takes back what it counted', () => {
    const held = new HeldBytes(1000, 200);
    const decoder = decoderOf(4096, held);
    const add = (letter: string): Buffer => Buffer.from(`\x40\x01${letter}\x01${letter}`, 'latin1');
    for (const letter of ['a', 'b', 'c', 'd', 'e']) expect(decoder.decode(add(letter)).isTableDropped).toBe(false);
    expect(held.total).toBe(5 * 34);
    expect(decoder.decode(add('f')).isTableDropped).toBe(true);
    expect(held.total).toBe(0);
    // What is added afterwards is known by its number, and what was dropped is not guessed.
    expect(decoder.decode(add('g')).isTableDropped).toBe(false);
    expect(pairs(decoder.decode(hex('bebf')).fields)).toEqual(['g: g', '?: ?']);
  });

  it.each([
    ['an index of 0', '80', /entry 0/],
    ['an index beyond the table', 'be', /entry 62/],
    ['a string that is too long', '400a6162', /past the end/],
    ['a block that ends in an integer', 'ff', /too early/],
    ['an endless integer', 'ffffffffffffffff', /integer/],
    ['Huffman code with the end of the string in it', '400161 84ffffffff', /Huffman/],
  ])('tells %s', (_name, block, error) => {
    expect(decoderOf(65_536).decode(hex(block)).error).toMatch(error);
  });

  it('throws at no input, and reads each byte at most once', () => {
    let seed = 7;
    const random = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 16;
    const decoder = decoderOf(4096);
    for (let i = 0; i < 20_000; i++)
      decoder.decode(Buffer.from(Array.from({ length: random() % 40 }, () => random() & 0xff)));
  });
});
