import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { main } from '../../../src/cli/main.js';
import { fixture } from '../../export/har.js';
import { fakeIo, run } from '../fake-io.js';

let folder: string;
const { PATH } = process.env;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-live-'))));
afterEach(() => {
  process.env['PATH'] = PATH;
  rmSync(folder, { recursive: true });
});

const CAPTURE = fixture('two-connections.pcap').pathname;
/** A capture of which the connections are still open: all but the last packets. */
const OPEN = readFileSync(CAPTURE).subarray(0, 2385);

/** Puts a program on the PATH, which has nothing else but what a script needs. */
function install(program: string, script: string): void {
  const path = join(folder, program);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Of what is on the PATH in truth, only a few are left. */
function hideOthers(): void {
  for (const program of ['cat', 'sleep']) {
    const real = spawnSync('which', [program], { encoding: 'utf8', env: { PATH } }).stdout.trim();
    install(program, `exec ${real} "$@"`);
  }
  process.env['PATH'] = folder;
}

/** Runs a command until something is printed, then as Ctrl-C ends it. */
async function interrupted(argv: readonly string[], isEnough: (stdout: string) => boolean): Promise<Outcome> {
  let listener: (() => void) | undefined;
  let stdout = '';
  const world = fakeIo({
    onWrite: (text) => {
      stdout += text;
      if (isEnough(stdout)) listener?.();
    },
  });
  world.io.onInterrupt = (given) => {
    listener = given;
    if (isEnough('')) setTimeout(given, 500);
    return () => (listener = undefined);
  };
  const code = await main(argv, world.io);
  return { code, stdout: world.writes.join(''), stderr: world.reports.join('') };
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('-I', () => {
  it('starts dumpcap without a shell, prints what comes, and ends with the rows of open connections', async () => {
    hideOthers();
    writeFileSync(join(folder, 'open.pcap'), OPEN);
    const args = join(folder, 'args');
    install('dumpcap', `for word in "$@"; do echo "$word" >> ${args}; done; cat ${folder}/open.pcap; exec sleep 600`);
    const filter = `port 8008; touch ${folder}/owned $(touch ${folder}/owned)`;
    const frames = await interrupted(
      ['frames', '--brief', '-I', 'lo', '--capture-filter', filter],
      (text) => text !== '',
    );
    expect(frames).toMatchObject({ code: 0, stderr: '' });
    expect(frames.stdout).toMatch(/c>s/);
    expect(readFileSync(args, 'utf8').trimEnd().split('\n')).toEqual(['-q', '-i', 'lo', '-f', filter, '-w', '-']);
    expect(existsSync(join(folder, 'owned'))).toBe(false);
    const connections = await interrupted(['connections', '--json', '-I', 'lo'], (text) => text === '');
    expect(connections.code).toBe(0);
    expect(connections.stdout).toContain('"end":"capture"');
    expect(connections.stderr).not.toContain('stopped by Ctrl-C');
  });

  it('starts tcpdump where dumpcap is not there or may not capture', async () => {
    hideOthers();
    const args = join(folder, 'args');
    install('tcpdump', `echo "$*" > ${args}; cat ${CAPTURE}; echo '3 packets dropped by kernel' >&2`);
    const whole = await run(['frames', '--json', CAPTURE]);
    for (const isThere of [false, true]) {
      if (isThere)
        install(
          'dumpcap',
          'echo "dumpcap: The capture session could not be initiated (Permission denied)." >&2; exit 1',
        );
      const { code, stdout, stderr } = await run(['frames', '--json', '-I', 'eth0', '--capture-filter', 'tcp']);
      expect([code, stdout]).toEqual([0, whole.stdout]);
      expect(stderr).toBe(
        'wsdissect: -I eth0 --capture-filter tcp: 3 packets were dropped while capturing, as tcpdump says\n',
      );
      expect(readFileSync(args, 'utf8')).toBe('-U -n -i eth0 -w - -- tcp\n');
    }
    expect((await run(['frames', '--json', '--strict', '-I', 'eth0'])).code).toBe(1);
  });

  it('without a program, without the right, or without such an interface is one line with the command that would work', async () => {
    hideOthers();
    const absent = await run(['-I', 'lo', '--capture-filter', 'port 8008']);
    expect([absent.code, absent.stdout]).toEqual([2, '']);
    expect(absent.stderr).toMatch(
      /^wsdissect: -I lo .*neither dumpcap nor tcpdump is installed: .*sudo tcpdump -U -w - -i lo 'port 8008' \| wsdissect\n$/,
    );
    install('dumpcap', 'echo "Capturing on nothing" >&2; exit 1');
    install('tcpdump', `echo "tcpdump: lo: You don't have permission to capture on that device" >&2; exit 1`);
    const forbidden = await run(['-I', 'lo']);
    expect(forbidden.code).toBe(2);
    expect(forbidden.stderr).toMatch(
      /^wsdissect: -I lo: [^\n]*You don't have permission[^\n]*sudo tcpdump -U -w - -i lo \| wsdissect\n$/,
    );
    install('tcpdump', 'echo "tcpdump: nope0: No such device exists" >&2; exit 1');
    const unknown = await run(['-I', 'nope0']);
    expect(unknown.stderr).toMatch(
      /^wsdissect: -I nope0: [^\n]*No such device exists; `dumpcap -D` and `tcpdump -D` list interfaces\n$/,
    );
  });

  it('tells that a program ended by itself', async () => {
    hideOthers();
    install('dumpcap', `cat ${CAPTURE}; echo 'dumpcap: The network adapter went away' >&2; exit 2`);
    const { stderr } = await run(['connections', '-I', 'lo']);
    expect(stderr).toBe('wsdissect: -I lo: dumpcap ended before it was stopped: The network adapter went away\n');
  });

  it('does not go with files, nor a filter without it', async () => {
    for (const [argv, said] of [
      [['-I', 'lo', CAPTURE], '-I captures from an interface'],
      [['--capture-filter', 'tcp', CAPTURE], '--capture-filter goes with -I'],
      [['--join', 'tcp://127.0.0.1:1', CAPTURE], 'cannot be joined'],
    ] as const) {
      const { code, stderr } = await run(argv);
      expect([code, stderr.split('\n').length]).toEqual([2, 2]);
      expect(stderr).toContain(said);
    }
  });

  const hasRights = process.getuid?.() === 0 && spawnSync('tcpdump', ['--version']).status === 0;

  it.runIf(hasRights)('captures from the loopback interface', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // When the program has begun to capture, nobody says: so somebody talks until it is heard.
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, 'open');
    const talking = setInterval(() => socket.send('ma2saka'), 50);
    const args = ['frames', '--json', '-p', String(port), '-I', 'lo', '--capture-filter', `port ${port}`];
    const { code, stdout } = await interrupted(args, (text) => text.includes('"ma2saka"'));
    clearInterval(talking);
    socket.terminate();
    server.close();
    expect(code).toBe(0);
    expect(stdout).toContain('"text":"ma2saka"');
  });
});

describe('tcp://', () => {
  async function serve(bytes: Buffer, isOpen: boolean): Promise<{ name: string; server: Server; sockets: Socket[] }> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.write(bytes);
      if (!isOpen) socket.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { name: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, server, sockets };
  }

  it('reads a capture that a host sends', async () => {
    const { name, server } = await serve(readFileSync(CAPTURE), false);
    const whole = await run(['connections', '--json', CAPTURE]);
    expect(await run(['connections', '--json', name])).toMatchObject({ code: 0, stdout: whole.stdout });
    server.close();
  });

  it('ends with Ctrl-C, and tells what is open', async () => {
    const { name, server, sockets } = await serve(OPEN, true);
    const { code, stdout, stderr } = await interrupted(['connections', '--json', name], (text) => text === '');
    for (const socket of sockets) socket.destroy();
    server.close();
    expect([code, stderr.includes('stopped')]).toEqual([0, false]);
    expect(stdout).toContain('"end":"capture"');
  });

  it('that cannot be reached is one line', async () => {
    const { name, server } = await serve(OPEN, false);
    server.close();
    await once(server, 'close');
    const { code, stdout, stderr } = await run([name]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^wsdissect: tcp:\/\/127\.0\.0\.1:\d+: nothing listens there; [^\n]+\n$/);
  });

  it.each(['tcp://', 'tcp://host', 'tcp://host:0', 'tcp://host:70000', 'tcp://a:b:1', 'tcp://[::1'])(
    'refuses %s',
    async (name) => {
      const { code, stderr } = await run([name]);
      expect([code, stderr]).toEqual([
        2,
        `wsdissect: ${name}: is no host and port; write it as tcp://127.0.0.1:57012\n`,
      ]);
    },
  );

  it('reads addresses of IPv6', async () => {
    const { remoteCapture } = await import('../../../src/cli/input/live-name.js');
    expect(remoteCapture('tcp://[::1]:57012')).toEqual({ host: '::1', port: 57012 });
    expect(remoteCapture('tcp://probe.example.org:57012/')).toEqual({ host: 'probe.example.org', port: 57012 });
  });
});
