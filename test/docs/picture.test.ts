import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SaxesParser } from 'saxes';
import { ansiToSvg } from '../../scripts/ansi-svg.js';
import { drawPicture, PICTURE } from '../../scripts/draw-picture.js';

describe('the picture in the README', () => {
  it('is what the commands print today', async () => {
    expect(readFileSync(PICTURE, 'utf8')).toBe(await drawPicture());
  });

  it('is proper XML', () => {
    const parser = new SaxesParser({ xmlns: true });
    expect(() => parser.write(readFileSync(PICTURE, 'utf8')).close()).not.toThrow();
  });
});

describe('a picture of a terminal', () => {
  it('places each run of characters by its column, with the classes of its colours', () => {
    const svg = ansiToSvg('ab\u001b[1m\u001b[31mc\u001b[39md\u001b[22m<&', 'title');
    const runs = [...svg.matchAll(/<text x="([^"]+)"[^>]*?(?: class="([^"]+)")?>([^<]*)</g)];
    expect(runs.map(([, x, classes, text]) => [Number(x), classes, text])).toEqual([
      [16, undefined, 'ab'],
      [32.8, 'bold red', 'c'],
      [41.2, 'bold', 'd'],
      [49.6, undefined, '&lt;&amp;'],
    ]);
  });

  it('gives Japanese characters two columns', () => {
    const svg = ansiToSvg('こ\u001b[2mx', 'title');
    expect(svg).toContain('<text x="32.8"');
  });

  it('does not draw what it does not know', () => {
    expect(() => ansiToSvg('\u001b[48mx', 'title')).toThrow('SGR code 48');
  });
});
