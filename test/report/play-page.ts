import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { bundlePlay } from '../../scripts/bundle-page.js';

/** The page that makes reports, open in a browser. */
export interface OpenPlay {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** What was asked of the network, the page itself included. */
  readonly requests: readonly string[];
  /** Drops files on it, as a file manager does, and waits until what comes of them is shown. */
  readonly drop: (...files: readonly string[]) => Promise<void>;
  /** Drops files on it, and waits for nothing. */
  readonly dropOnly: (...files: readonly string[]) => Promise<void>;
}

/** Builds the page and opens it, from a disk or from a host of static files. */
export class PlayPages {
  readonly folder = mkdtempSync(join(tmpdir(), 'wsdissect-play-'));
  readonly file = join(this.folder, 'index.html');
  /** What the host was asked for. */
  readonly hostRequests: string[] = [];
  #browser: Browser | undefined;
  #server: Server | undefined;

  async build(): Promise<void> {
    await bundlePlay(join(import.meta.dirname, '..', '..'), this.file);
  }

  /** The page on a host of static files. */
  async host(): Promise<string> {
    const server = (this.#server ??= createServer((request, response) => {
      this.hostRequests.push(`${request.method} ${request.url}`);
      if (request.url !== '/play/') response.writeHead(404).end();
      else response.setHeader('Content-Type', 'text/html; charset=utf-8').end(readFileSync(this.file));
    }));
    if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/play/`;
  }

  async open(url = pathToFileURL(this.file).href, options: BrowserContextOptions = {}): Promise<OpenPlay> {
    this.#browser ??= await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    const context = await this.#browser.newContext({ viewport: { width: 1400, height: 1000 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
    page.on('request', (request) => requests.push(request.url()));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(url);
    await page.waitForSelector('#app[aria-busy=false]');
    const devTools = await context.newCDPSession(page);
    const dropOnly = async (...files: readonly string[]): Promise<void> => {
      const data = { items: [], files: [...files], dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await devTools.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
      }
    };
    const drop = async (...files: readonly string[]): Promise<void> => {
      await page.evaluate("document.querySelector('main').dataset.before = 'yes'");
      await dropOnly(...files);
      await page.waitForSelector('#app[aria-busy=false] main:not([data-before])');
    };
    return { page, complaints, requests, drop, dropOnly };
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.#server?.close();
    rmSync(this.folder, { recursive: true });
  }
}
