import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/wsdissect.js', import.meta.url));

/** Runs the program on a pseudo-terminal, which `script` of util-linux makes. @returns all that reached the terminal */
export function onTerminal(args: readonly string[]): Promise<string> {
  // The arguments hold what no shell should see, so they go by way of the environment, one a variable.
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    NODE: process.execPath,
    PROGRAM,
  };
  const names = args.map((argument, index) => {
    env[`ARGUMENT_${index}`] = argument;
    return `"$ARGUMENT_${index}"`;
  });
  const command = `stty cols 200 && "$NODE" "$PROGRAM" ${names.join(' ')}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(parts).toString('utf8')));
  });
}
