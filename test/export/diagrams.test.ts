import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { ATTACKS, frame, hostileCapture, manyMessages, strangersCapture } from '../report/captures.js';
import { Talk } from '../hostile/talk.js';

const diagram = async (syntax: 'mermaid' | 'plantuml', capture: Buffer, options: readonly string[] = []) =>
  (await run(['export', '-q', `--${syntax}`, ...options, '-'], { stdin: [capture] })).stdout;

/** What Mermaid makes of the entities in its text. */
const drawn = (text: string): string =>
  text.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

describe('a sequence diagram', () => {
  it('has the sides, who said what, what was lost, refusals and ends, for Mermaid', async () => {
    const lines = drawn(await diagram('mermaid', strangersCapture())).split('\n');
    expect(lines[0]).toBe('sequenceDiagram');
    expect(lines).toContain('    participant p1c as client 10.0.0.1:20000 (stream 0)');
    expect(lines).toContain('    p2c->>p2s: text: buy 100 apples');
    expect(lines).toContain('    p2s->>p2c: close: 1011 no stock');
    expect(lines).toContain('    Note over p4c,p4s: refused (HTTP 403): ws://example.test/admin');
    expect(lines).toContain('    Note over p3c,p3s: 20 bytes not captured, server to client');
    expect(lines.some((line) => line.startsWith('    p1s-->>p1c: reply #3: '))).toBe(true);
  });

  it('has the same for PlantUML', async () => {
    const text = await diagram('plantuml', strangersCapture());
    expect(text).toMatch(/^@startuml\n/);
    expect(text).toMatch(/\n@enduml\n$/);
    expect(text).toContain('p2c -> p2s : text<U+003a> buy 100 apples\n');
    expect(text).toContain('note over p3c,p3s : 20 bytes not captured, server to client\n');
  });

  it.each(['mermaid', 'plantuml'] as const)('says what is more than it draws: %s', async (syntax) => {
    const text = await diagram(syntax, manyMessages(250, 3));
    expect(text.match(/^ *p\dc ?->>? ?p\ds|^ *p\ds ?->>? ?p\dc/gm)).toHaveLength(100);
    expect(text).toContain('150 more messages not drawn');
    const crowd = await diagram(syntax, manyMessages(60, 30));
    expect(crowd).toContain('10 more connections not drawn');
    expect(crowd).toContain('20 more messages');
  });

  it.each(['mermaid', 'plantuml'] as const)('takes nothing captured for its own words: %s', async (syntax) => {
    const words = [...ATTACKS, 'end', 'a;b#c', '%% no', '---', '```', '@enduml', '!include /etc/passwd', 'x\ny: z'];
    const talk = new Talk().upgrade({ target: '/a;Note over p1c: b' });
    for (const word of words) talk.send(0, frame('client', word));
    const lines = (await diagram(syntax, talk.finish().pcap())).trimEnd().split('\n');
    const own =
      syntax === 'mermaid'
        ? /^(?:sequenceDiagram|    (?:participant p1[cs] as|Note over p1c,p1s:|p1[cs]-?->>p1[cs]:) (?:[\p{L}\p{N} .,:/=?{}()[\]_…]|#\d+;)*)$/u
        : /^(?:@(?:start|end)uml|hide footbox|participant "(?:[\p{L}\p{N} .,()_…]|<U\+[0-9a-f]+>)*" as p1[cs]|(?:note over p1c,p1s|p1[cs] --?> p1[cs]) : (?:[\p{L}\p{N} .,()_…]|<U\+[0-9a-f]+>)*)$/u;
    expect(lines.filter((line) => !own.test(line))).toEqual([]);
    expect(lines.filter((line) => /p1c ?->/.test(line))).toHaveLength(words.length);
    expect((await diagram(syntax, hostileCapture())).match(/<(?!U\+)/)).toBeNull();
  });

  it('cuts a long message between characters', async () => {
    const talk = new Talk().upgrade().send(0, frame('client', '日本'.repeat(200)));
    const text = await diagram('mermaid', talk.finish().pcap());
    expect(text).toContain(`p1c->>p1s: text: ${'日本'.repeat(27)}…\n`);
  });

  it('is a diagram where nothing was found, too, and goes to a file', async () => {
    expect(await diagram('mermaid', manyMessages(0, 0))).toBe(
      'sequenceDiagram\n    participant p0 as no WebSocket connection\n',
    );
    const folder = mkdtempSync(join(tmpdir(), 'wsdissect-diagram-'));
    const file = join(folder, 'chat.mmd');
    const { code } = await run(['export', '-q', '--mermaid', '-o', file, '-'], { stdin: [strangersCapture()] });
    expect([code, readFileSync(file, 'utf8').split('\n')[0]]).toEqual([0, 'sequenceDiagram']);
    rmSync(folder, { recursive: true });
  });
});
