import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { unsafeCharacter } from '../fuzz/unsafe-character.js';
import { Talk } from '../hostile/talk.js';
import { onTerminal } from './pseudo-terminal.js';

/** Every way to move, hide, recolour, rename, answer or copy that a terminal knows, as text. */
const ATTACKS = [
  '\u001b[31mred\u001b[0m',
  '\u001b[2J\u001b[H',
  '\u001b]0;owned\u0007',
  '\u001b]52;c;b3duZWQ=\u0007',
  '\u001b]8;;http://evil.test/\u001b\\click\u001b]8;;\u001b\\',
  '\u001b[6n\u001bP$q"p\u001b\\',
  '\u009b31m\u009d0;owned\u009c\u0090q\u009c',
  'user\u202etxt.exe\u202c \u2066isolated\u2069 \u200fmark\u200b\u2060\ufeff',
  'bell\u0007 back\b\b\b return\rover \u0000 delete\u007f',
  'one\u2028two\u2029three\u0085four',
  '\u{e0041}\u{f0000}\u{10ffff}\ue000\ufff9',
];
/** Bytes that are no UTF-8, with C1 controls as bytes and a surrogate alone. */
const BYTES = Buffer.from('9b33316d eda080 edb080 c3 ff fe f4908080 9d303b789c'.replaceAll(' ', ''), 'hex');
const EVERYTHING = ATTACKS.join(' ');
const HEADER =
  Buffer.from(EVERYTHING.replaceAll(/[\r\n\u0000]/g, ''), 'utf8').toString('latin1') + BYTES.toString('latin1');
const FILE_NAME = '\u001b]0;owned\u0007\u202eexe.\u009b31m\n\u200b.pcap';
const KEY = 0x37fa213d;

function attackingCapture(): Buffer {
  const talk = new Talk().upgrade({
    target: `/${HEADER.replaceAll(' ', '')}`,
    offered: `permessage-deflate; ${HEADER}`,
    extensions: `x; a="${HEADER}"`,
    subprotocol: HEADER,
    more: `Origin: ${HEADER}\r\n${HEADER}: ${HEADER}\r\n`,
  });
  for (const attack of ATTACKS) {
    talk.send(0, encodeFrame({ payload: attack, maskingKey: KEY })).send(1, encodeFrame({ payload: attack }));
  }
  talk.send(0, encodeFrame({ payload: BYTES, maskingKey: KEY })).send(1, encodeFrame({ opcode: 2, payload: BYTES }));
  talk.send(0, encodeFrame({ opcode: 9, payload: '\u001b[5m', maskingKey: KEY }));
  talk.send(0, encodeFrame({ fin: false, payload: EVERYTHING, maskingKey: KEY }));
  talk.send(0, encodeFrame({ opcode: 0, payload: EVERYTHING, maskingKey: KEY }));
  const reason = Buffer.concat([Buffer.of(0x03, 0xe8), Buffer.from(ATTACKS[4]!), BYTES]);
  talk.send(0, encodeFrame({ opcode: 8, payload: reason, maskingKey: KEY }));
  talk.send(1, encodeFrame({ opcode: 8, payload: Buffer.concat([Buffer.of(0x03, 0xe8), Buffer.from(ATTACKS[7]!)]) }));
  return talk.finish().pcap();
}

// What the program itself may say to a terminal: colours, and that its line of progress is to be cleared.
const COLOR = /\u001b\[(?:[0-9]{1,2})m/g;
const PROGRESS = /\r\u001b\[K/g;

/** What is left when the terminal's own line ends and the program's own colours are taken out. */
function withoutColors(output: string): string {
  return output.replaceAll(PROGRESS, '').replaceAll('\r\n', '\n').replaceAll(COLOR, '');
}

describe('what a capture can do to a terminal', () => {
  let folder = '';
  let attack = '';
  let recorded = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsdissect-terminal-'));
    attack = join(folder, FILE_NAME);
    recorded = join(folder, `recorded${FILE_NAME}`);
    writeFileSync(attack, attackingCapture());
    writeFileSync(recorded, readFileSync(new URL('../../fixtures/terminal-attack.pcap', import.meta.url)));
    writeFileSync(join(folder, 'hex\u001b[2J'), `${Buffer.from(ATTACKS[0]!).toString('hex')}\n\u001b[31mzz\n`);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const COMMANDS: string[][] = [
    ['frames'],
    ['frames', '--brief'],
    ['frames', '--max-payload', '3'],
    ['messages'],
    ['connections'],
    ['check'],
  ];

  it.each(COMMANDS.map((command) => ({ command })))('is nothing, whatever it holds: $command', async ({ command }) => {
    const colored = await onTerminal([...command, '--color=always', attack, recorded]);
    const plain = await onTerminal([...command, '--color=never', attack, recorded]);
    expect(plain.replaceAll(PROGRESS, '')).not.toContain('\u001b');
    expect(unsafeCharacter(withoutColors(plain))).toBeUndefined();
    // Colours are the only control sequences in it. What is escaped is told apart by a style there, and elsewhere by a word
    // and doubled backslashes.
    expect(unsafeCharacter(withoutColors(colored))).toBeUndefined();
    expect(withoutColors(colored)).toContain('\\x1b]');
    expect(plain).toContain('(escaped) ');
    expect(colored).toContain('\u001b[');
    // It is there, and can be read.
    expect(plain).toContain('\\x1b]');
  });

  it.each([
    ['a file that is not there', ['frames', `${FILE_NAME} nowhere`]],
    ['an option that does not exist', ['frames', `--${FILE_NAME}`]],
    ['a value that is none', ['frames', '--stream', FILE_NAME]],
    ['a command that does not exist', [FILE_NAME]],
    ['a key log that is not there', ['frames', '--keylog', FILE_NAME]],
    ['hex to explain that is none', ['explain', FILE_NAME]],
    ['frames to explain', ['explain', `82${BYTES.length.toString(16).padStart(2, '0')}${BYTES.toString('hex')}`]],
  ])('is nothing where the command line holds it: %s', async (_name, args) => {
    const output = await onTerminal(args);
    expect(unsafeCharacter(withoutColors(output))).toBeUndefined();
    expect(output).not.toBe('');
  });

  it('is nothing where the input is no capture', async () => {
    const output = await onTerminal(['frames', join(folder, 'hex\u001b[2J')]);
    expect(unsafeCharacter(withoutColors(output))).toBeUndefined();
    expect(output).toContain('hex\\x1b[2J');
  });

  it.each([['frames'], ['messages'], ['connections'], ['check']])(
    'leaves JSON valid, and as safe: %s',
    async (command) => {
      const output = await onTerminal([command, '--json', '--quiet', attack, recorded]);
      const lines = output.trimEnd().split('\r\n');
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) {
        expect(typeof JSON.parse(line), line).toBe('object');
        expect(unsafeCharacter(line), line).toBeUndefined();
      }
    },
  );
});
