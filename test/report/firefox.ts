import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import WebSocket from 'ws';

const PROGRAM = '/usr/bin/firefox-esr';

/** Whether there is a Firefox. It is asked for nowhere: pages are tested in Chromium, and besides in this one. */
export const hasFirefox = existsSync(PROGRAM);

/** Settings of a browser that asks nobody for anything. */
const SETTINGS = {
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.telemetry.enabled': false,
};

interface Answer {
  readonly id?: number;
  readonly type: string;
  readonly error?: string;
  readonly message?: string;
  readonly method?: string;
  readonly result?: unknown;
  readonly params?: unknown;
}

/** A headless Firefox as it is installed, spoken to by WebDriver BiDi (W3C). */
export class Firefox {
  /** What its console said: the level and the text. */
  readonly complaints: string[] = [];
  readonly #profile = mkdtempSync(join(tmpdir(), 'wsdissect-firefox-'));
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #process: ChildProcess | undefined;
  #socket: WebSocket | undefined;
  #context = '';
  #id = 0;

  /** Starts it. @returns its version */
  async start(): Promise<string> {
    const settings = Object.entries(SETTINGS).map(([name, value]) => `user_pref("${name}", ${value});\n`);
    writeFileSync(join(this.#profile, 'user.js'), settings.join(''));
    const argv = ['--headless', '--no-remote', '--profile', this.#profile, '--remote-debugging-port', '0'];
    const child = spawn(PROGRAM, argv, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOME: this.#profile },
    });
    this.#process = child;
    const address = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stderr.on('data', (piece: Buffer) => {
        text += piece.toString();
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.on('exit', () => reject(new Error(`Firefox ended: ${text}`)));
    });
    const socket = new WebSocket(`${address}/session`);
    this.#socket = socket;
    await new Promise((resolve) => socket.once('open', resolve));
    socket.on('message', (data: Buffer) => this.#answer(JSON.parse(data.toString()) as Answer));
    const { capabilities } = await this.#send<{ capabilities: { browserVersion: string } }>('session.new', {
      capabilities: {},
    });
    await this.#send('session.subscribe', { events: ['log.entryAdded'] });
    const { contexts } = await this.#send<{ contexts: { context: string }[] }>('browsingContext.getTree', {});
    this.#context = contexts[0]!.context;
    return capabilities.browserVersion;
  }

  /** Opens a file, and waits until its data is there. */
  async open(file: string, hash = ''): Promise<void> {
    // Another address with the same file is the same document.
    await this.#send('browsingContext.navigate', { context: this.#context, url: 'about:blank', wait: 'complete' });
    const url = `${pathToFileURL(file).href}${hash}`;
    await this.#send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
    await this.until("document.querySelector('#app[aria-busy=false]') !== null");
  }

  /** The value of an expression in the page: text, a number or a boolean. */
  async value<Value>(expression: string): Promise<Value> {
    const { type, result, exceptionDetails } = await this.#send<{
      type: string;
      result?: { value?: Value };
      exceptionDetails?: { text: string };
    }>('script.evaluate', { expression, target: { context: this.#context }, awaitPromise: true });
    if (type === 'exception') throw new Error(exceptionDetails!.text);
    return result!.value as Value;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    await this.value(
      `new Promise((resolve) => { const look = () => ${expression} ? resolve(true) : setTimeout(look, 20); look(); })`,
    );
  }

  /** The text of what a selector finds. */
  async text(selector: string): Promise<string> {
    return this.value(`document.querySelector(${JSON.stringify(selector)}).innerText`);
  }

  /** Clicks on what an expression gives, with the mouse. */
  async click(element: string): Promise<void> {
    const place = JSON.parse(
      await this.value<string>(`(() => {
        const element = ${element};
        element.scrollIntoView({ block: 'center' });
        const { x, y, width, height } = element.getBoundingClientRect();
        return JSON.stringify({ x: Math.round(x + Math.min(width, 60) / 2), y: Math.round(y + height / 2) });
      })()`),
    ) as object;
    await this.#act({
      type: 'pointer',
      id: 'mouse',
      actions: [
        { type: 'pointerMove', ...place },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ],
    });
  }

  /** Presses keys, one after the other. */
  async press(...keys: readonly string[]): Promise<void> {
    const actions = keys.flatMap((value) => ['keyDown', 'keyUp'].map((type) => ({ type, value })));
    await this.#act({ type: 'key', id: 'keyboard', actions });
  }

  /** Gives files to an input for files. */
  async choose(selector: string, ...files: readonly string[]): Promise<void> {
    const { nodes } = await this.#send<{ nodes: { sharedId: string }[] }>('browsingContext.locateNodes', {
      context: this.#context,
      locator: { type: 'css', value: selector },
    });
    await this.#send('input.setFiles', {
      context: this.#context,
      element: { sharedId: nodes[0]!.sharedId },
      files: [...files],
    });
  }

  async close(): Promise<void> {
    this.#socket?.close();
    const child = this.#process;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #act(source: object): Promise<unknown> {
    return this.#send('input.performActions', { context: this.#context, actions: [source] });
  }

  #send<Result>(method: string, params: object): Promise<Result> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ type, error, message, result }) => {
        if (type === 'error') reject(new Error(`${method}: ${error}: ${message}`));
        else resolve(result as Result);
      });
      this.#socket!.send(JSON.stringify({ id, method, params }));
    });
  }

  #answer(answer: Answer): void {
    if (answer.id !== undefined) {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    } else if (answer.method === 'log.entryAdded') {
      const { level, text } = answer.params as { level: string; text: string | null };
      this.complaints.push(`${level}: ${text ?? ''}`);
    }
  }
}
