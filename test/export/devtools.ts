import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** A request as the network panel of the developer tools has it, after it imported a HAR file. */
export interface ImportedRequest {
  readonly url: string;
  readonly type: string;
  readonly status: number;
  readonly headers: number;
  readonly frames: readonly {
    readonly type: string;
    readonly time: number;
    readonly text: string;
    readonly opCode: number;
  }[];
}

const PANEL = 'devtools://devtools/bundled/devtools_app.html';
/** Runs in the page of the developer tools: imports a HAR file as their network panel does. */
const IMPORT = `async (har) => {
  const { HARFormat, Importer } = await import('devtools://devtools/bundled/models/har/har.js');
  const requests = Importer.Importer.requestsFromHARLog(new HARFormat.HARRoot(har).log);
  return requests.map((request) => ({
    url: request.url(),
    type: request.resourceType().name(),
    status: request.statusCode,
    headers: request.requestHeaders().length,
    frames: request.frames(),
  }));
}`;

/** Lets the developer tools of a headless Chromium import a HAR file. */
export async function importIntoDevTools(har: string): Promise<ImportedRequest[]> {
  const profile = await mkdtemp(join(tmpdir(), 'wsdissect-browser-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
  const browser = spawn(
    'chromium',
    [...flags, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
  try {
    const session = await DevToolsSession.open(await debuggerUrl(browser));
    return await session.evaluate<ImportedRequest[]>(`(${IMPORT})(JSON.parse(${JSON.stringify(har)}))`);
  } finally {
    const ended = once(browser, 'exit');
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function debuggerUrl(browser: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of browser.stderr!) {
    printed += String(chunk);
    const url = /DevTools listening on (\S+)/.exec(printed)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`Chromium did not start: ${printed}`);
}

/** An answer of the DevTools protocol, as far as it is looked at. */
interface ProtocolAnswer {
  readonly id?: number;
  readonly result?: {
    readonly targetId?: string;
    readonly sessionId?: string;
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
  };
}

/** A page of the developer tools, driven by the protocol that they use themselves. */
class DevToolsSession {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (answer: ProtocolAnswer) => void>();
  #id = 0;
  #session: string | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString('utf8')) as ProtocolAnswer;
      if (answer.id !== undefined) this.#answers.get(answer.id)?.(answer);
    });
  }

  static async open(url: string): Promise<DevToolsSession> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const session = new DevToolsSession(socket);
    const target = await session.#send('Target.createTarget', { url: PANEL });
    const attached = await session.#send('Target.attachToTarget', { targetId: target.result?.targetId, flatten: true });
    session.#session = attached.result?.sessionId;
    return session;
  }

  /** Evaluates an expression once the page can: its modules take a moment to load. */
  async evaluate<Value>(expression: string): Promise<Value> {
    for (;;) {
      const { result } = await this.#send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      const wrong = result?.exceptionDetails?.exception?.description;
      if (wrong === undefined && result?.result?.value !== undefined) return result.result.value as Value;
      if (wrong !== undefined && !/Failed to fetch dynamically imported module/.test(wrong)) throw new Error(wrong);
      await setTimeout(200);
    }
  }

  #send(method: string, params: object): Promise<ProtocolAnswer> {
    const id = ++this.#id;
    const sessionId = this.#session === undefined ? {} : { sessionId: this.#session };
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params, ...sessionId }));
    });
  }
}
