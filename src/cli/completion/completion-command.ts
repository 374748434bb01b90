import type { CommandDefinition } from '../commands/define-command.js';
import { EXIT_OK } from '../exit-code.js';
import type { Io } from '../terminal/io.js';
import type { Shell } from './shells.js';

/** Makes the completion script of a shell from the table of commands. */
type Completion = (commands: readonly CommandDefinition[]) => string;

const COMPLETIONS: Readonly<Record<Shell, () => Promise<Completion>>> = {
  bash: async () => (await import('./completion-bash.js')).bashCompletion,
  zsh: async () => (await import('./completion-zsh.js')).zshCompletion,
  powershell: async () => (await import('./completion-powershell.js')).powershellCompletion,
  fish: async () => (await import('./completion-fish.js')).fishCompletion,
};

/** The command `completion`: prints the completion script of a shell. @returns the exit code */
export async function completion(
  io: Io,
  commands: readonly CommandDefinition[],
  [shell]: readonly string[],
): Promise<number> {
  const make = await COMPLETIONS[shell as Shell]();
  await io.write(Buffer.from(make(commands), 'utf8'));
  return EXIT_OK;
}
