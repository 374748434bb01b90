import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { isThere } from '../../scripts/needed-program.js';
import { run, type World } from '../cli/fake-io.js';

/** Whether there is a browser. In CI there has to be one. */
export const hasBrowser = await isThere('chromium');

/** A page in a browser, and what it complained about. */
export interface OpenPage {
  readonly page: Page;
  /** Messages of the console, uncaught errors, requests for anything but the file. */
  readonly complaints: readonly string[];
}

/** How a report is opened. */
export interface OpenOptions extends BrowserContextOptions {
  /** What stands after the address of the file. */
  readonly hash?: string;
  /** A script that the browser runs before those of the page. */
  readonly before?: string;
}

/** Opens reports in one headless browser, from files. */
export class Reports {
  readonly folder = mkdtempSync(join(tmpdir(), 'wsdissect-report-'));
  #browser: Browser | undefined;
  #files = 0;

  /** Writes a report on a capture. @returns the path of the file */
  async write(capture: Buffer | string, options: readonly string[] = [], world: World = {}): Promise<string> {
    const name = `report-${++this.#files}`;
    const path = typeof capture === 'string' ? capture : join(this.folder, `${name}.pcap`);
    if (typeof capture !== 'string') writeFileSync(path, capture);
    const file = join(this.folder, `${name}.html`);
    const { code, stderr } = await run(['report', '-q', '-o', file, ...options, path], world);
    if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
    return file;
  }

  /** Opens a file, and waits until its data is there. */
  async open(file: string, options: OpenOptions = {}): Promise<OpenPage> {
    const { hash = '', before, ...contextOptions } = options;
    this.#browser ??= await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    const context = await this.#browser.newContext({ viewport: { width: 1400, height: 1000 }, ...contextOptions });
    const page = await context.newPage();
    if (before !== undefined) await page.addInitScript(before);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(`${pathToFileURL(file).href}${hash}`);
    await page.waitForSelector('#app[aria-busy=false]');
    return { page, complaints };
  }

  /** Writes and opens a report. */
  async show(
    capture: Buffer | string,
    argv: readonly string[] = [],
    options: Parameters<Reports['open']>[1] = {},
  ): Promise<OpenPage> {
    return this.open(await this.write(capture, argv), options);
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.folder, { recursive: true });
  }
}
