import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { WsdissectError } from '../../common/error.js';
import { codeOf } from '../input/input.js';
import { ClosedPipe } from './standard-streams.js';

/** A program that shows long output page by page. */
export interface Pager {
  /**
   * Gives it the next bytes and waits until it has taken them.
   *
   * @throws ClosedPipe where its user has seen enough
   */
  write(bytes: Uint8Array): Promise<void>;
  /** There is no more. Waits until its user has seen enough. @throws WsdissectError where it could not be started */
  end(): Promise<void>;
}

/** Exit codes of a shell that cannot run the command or does not find it; the last one is of Windows. */
const NOT_RUN: readonly unknown[] = [126, 127, 9009];

/** The command line of the pager: what PAGER says, or what the system has. */
export function pagerCommand(env: Readonly<Record<string, string | undefined>>, platform = process.platform): string {
  return env['PAGER'] || (platform === 'win32' ? 'more' : 'less -R');
}

/** Starts the pager that PAGER names: a command line for the shell. */
export async function startPager(env: Readonly<Record<string, string | undefined>>): Promise<Pager> {
  const command = pagerCommand(env);
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(command, {
    shell: true,
    stdio: ['pipe', 'inherit', 'inherit'],
    // What less is called with for colours, where neither PAGER nor LESS say how it is to be called.
    env: { ...env, LESS: env['LESS'] ?? 'R' },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  // Ctrl+C is for the pager, as in a search that takes long: it would be left behind without a terminal.
  process.on('SIGINT', ignore);
  // Errors of the stream come to those who write.
  child.stdin.on('error', ignore);
  try {
    await once(child, 'spawn');
  } catch (error) {
    process.off('SIGINT', ignore);
    throw notRun(command, error);
  }
  return {
    write: (bytes) => write(child, bytes),
    end: async () => {
      child.stdin.end();
      const code = await exited;
      process.off('SIGINT', ignore);
      if (NOT_RUN.includes(code)) throw notRun(command);
    },
  };
}

function notRun(command: string, cause?: unknown): WsdissectError {
  const message = `the pager "${command}" cannot be run: name another one in PAGER, or leave --pager out`;
  return new WsdissectError('unwritable', message, { cause });
}

function write(child: ChildProcess, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdin!.write(bytes, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(isClosed(error) ? new ClosedPipe() : error);
    });
  });
}

function isClosed(error: Error): boolean {
  const code = codeOf(error) ?? (error as NodeJS.ErrnoException).code;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'ERR_STREAM_WRITE_AFTER_END';
}

function ignore(): void {
  // Nothing is to be done.
}
