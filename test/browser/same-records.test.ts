import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere } from '../../scripts/needed-program.js';
import * as library from '../../src/index.js';
import { recordsOf } from './records-of.js';

const ROOT = join(import.meta.dirname, '..', '..');
/** As a stranger imports it. It is built before the tests, and types are looked for before that. */
const PAGE_BUILD: string = 'wsdissect/browser';
const CHROMIUM = '/usr/bin/chromium';
const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', html: 'text/html' };

const CAPTURES = ['fixtures/', 'fixtures/violations/'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => /\.(?:pcap|pcapng|gz|hex)$/.test(name))
    .map((name) => folder + name),
);

/** The key log of a capture; `undefined` where it has none. */
function keysOf(capture: string): string | undefined {
  const path = capture.replace(/\.pcap(?:ng)?$/, '.keys.log');
  return path !== capture && existsSync(join(ROOT, path)) ? path : undefined;
}

describe('wsdissect/browser imported in Node', () => {
  it('gives the records of the library, of every fixture', async () => {
    const page = (await import(PAGE_BUILD)) as typeof library;
    for (const capture of CAPTURES) {
      const bytes = new Uint8Array(readFileSync(join(ROOT, capture)));
      const keys = keysOf(capture);
      const log = keys === undefined ? undefined : new Uint8Array(readFileSync(join(ROOT, keys)));
      expect(await recordsOf(page, bytes, log), capture).toBe(await recordsOf(library, bytes, log));
    }
  });

  it('says what it cannot do', async () => {
    const page = (await import(PAGE_BUILD)) as typeof library;
    const all = async (source: library.CaptureSource): Promise<void> => {
      for await (const event of page.dissect(source)) expect(event).toBeDefined();
    };
    await expect(all('fixtures/send.pcap')).rejects.toThrow('a path cannot be read in a browser');
    await expect(all(Buffer.from('fd377a585a000000ff12d941', 'hex'))).rejects.toThrow('xz cannot run in a browser');
    expect(() => page.dissect(5 as never)).toThrow(page.WsdissectError);
  });
});

describe.runIf((await isThere('chromium')) && existsSync(CHROMIUM))('wsdissect/browser in Chromium', () => {
  let server: Server | undefined;
  let browser: Browser | undefined;
  let page: Page;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = join(ROOT, (request.url ?? '').replaceAll('..', ''));
      if (request.url === '/page.html') {
        response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>wsdissect</title>');
      } else if (existsSync(path)) {
        const type = TYPES[path.split('.').at(-1)!] ?? 'application/octet-stream';
        response.setHeader('Content-Type', type).end(readFileSync(path));
      } else {
        response.writeHead(404).end();
      }
    });
    const listening = server;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`);
    await page.addScriptTag({ content: `window.recordsOf = ${recordsOf.toString()}` });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** The records of a capture, as the page gives them. */
  function inPage(capture: string, keys: string | undefined, as: 'blob' | 'stream'): Promise<string> {
    const script = `(async ([capture, keys, as]) => {
      const library = await import('/dist/browser.js');
      const response = await fetch('/' + capture);
      const source = as === 'blob' ? await response.blob() : response.body;
      const log = keys === undefined ? undefined : new Uint8Array(await (await fetch('/' + keys)).arrayBuffer());
      return window.recordsOf(library, source, log);
    })(${JSON.stringify([capture, keys, as])})`;
    return page.evaluate(script);
  }

  it('gives the records of Node, of every fixture', async () => {
    for (const capture of CAPTURES) {
      const keys = keysOf(capture);
      const log = keys === undefined ? undefined : new Uint8Array(readFileSync(join(ROOT, keys)));
      const expected = await recordsOf(library, new Uint8Array(readFileSync(join(ROOT, capture))), log);
      expect(await inPage(capture, keys, 'blob'), capture).toBe(expected);
    }
  }, 300_000);

  it('takes a stream as it comes', async () => {
    const capture = 'fixtures/send-both.pcapng.gz';
    const expected = await recordsOf(library, new Uint8Array(readFileSync(join(ROOT, capture))), undefined);
    expect(await inPage(capture, undefined, 'stream')).toBe(expected);
  });
});
