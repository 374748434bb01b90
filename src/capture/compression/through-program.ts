import { startProgram } from '../../common/node/child-process.js';
import { WsdissectError } from '../../common/error.js';
import { finding, type Finding } from '../../common/finding.js';
import type { ChunkInput } from '../chunk-input.js';

/** Characters of what a program says is wrong that are kept. */
const MOST_SAID = 200;

/**
 * The bytes of an input that an installed program gives for them on its standard output. It is started by its name and
 * its arguments, without a shell.
 *
 * @param report - takes what the program says is wrong, as `capture.bad-compression`
 * @throws WsdissectError `unreadable` where the program is not installed
 */
export async function* throughProgram(
  [program, ...args]: readonly [string, ...string[]],
  format: string,
  input: ChunkInput,
  report: (finding: Finding) => void,
): AsyncGenerator<Buffer> {
  const child = startProgram(program, args);
  let said = '';
  let failure: Error | undefined;
  const isOver = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      failure = error;
      resolve(null);
    });
    child.on('close', resolve);
  });
  child.stderr.on('data', (bytes: Buffer) => {
    if (said.length < MOST_SAID) said += bytes.toString('latin1').slice(0, MOST_SAID);
  });
  // It ends before its input where that is damaged.
  child.stdin.on('error', () => undefined);
  const feeding = feed(input, child.stdin);
  let length = 0;
  try {
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      length += bytes.length;
      yield bytes;
    }
    const code = await isOver;
    if (failure !== undefined) throw missing(program, args, format, failure);
    await feeding;
    if (code === 0) return;
    const what = said.trim().split('\n')[0] || `${program} ended with code ${String(code)}`;
    const message = `the ${format} data is damaged: ${what}; ${length} bytes could be decompressed`;
    report(finding('capture.bad-compression', message, { offset: input.position }));
  } finally {
    child.stdin.destroy();
    child.stdout.destroy();
    child.kill();
  }
}

/** Writes an input into a program as fast as that reads. */
async function feed(input: ChunkInput, stdin: NodeJS.WritableStream & { destroyed: boolean }): Promise<void> {
  for (let chunk = await input.next(); chunk !== undefined && !stdin.destroyed; chunk = await input.next()) {
    if (stdin.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      stdin.once('drain', resolve);
      stdin.once('close', resolve);
      stdin.once('error', () => resolve());
    });
  }
  stdin.end();
}

function missing(program: string, args: readonly string[], format: string, cause: Error): WsdissectError {
  const command = [program, ...args].join(' ');
  return new WsdissectError(
    'unreadable',
    `is compressed with ${format}, and ${program} is not installed here: install it, or run ` +
      `\`${command} FILE | wsdissect\` where it is`,
    { cause },
  );
}
