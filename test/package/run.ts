import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** What a program printed, and how it ended. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a user who has nothing but Node and npm, and whose registry is another one. */
export function environment(home: string, registry: string): NodeJS.ProcessEnv {
  return {
    HOME: home,
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    npm_config_registry: registry,
    npm_config_cache: `${home}/.npm`,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
}

/** Runs a program to its end, whatever its exit code is. */
export async function run(cwd: string, env: NodeJS.ProcessEnv, file: string, ...args: string[]): Promise<Outcome> {
  try {
    return { exitCode: 0, ...(await exec(file, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== 'number') throw error;
    return { exitCode: code, stdout, stderr };
  }
}

/** Runs a program that must succeed. @returns its stdout */
export async function succeed(cwd: string, env: NodeJS.ProcessEnv, file: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(cwd, env, file, ...args);
  if (exitCode !== 0) throw new Error(`${file} ${args.join(' ')}: exit code ${exitCode}\n${stdout}\n${stderr}`);
  return stdout;
}
