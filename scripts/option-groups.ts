import { COMMANDS } from '../src/cli/commands/commands.js';
import type { OptionDefinition } from '../src/cli/options/option.js';

/** Options that the same commands have. */
export interface OptionGroup {
  readonly commands: readonly string[];
  readonly options: readonly OptionDefinition[];
}

/** All options, each once, with those commands that have it and mean the same by it. */
export function optionGroups(): OptionGroup[] {
  const users = new Map<string, { option: OptionDefinition; commands: string[] }>();
  for (const { name, options } of COMMANDS) {
    for (const option of options) {
      const key = JSON.stringify(option);
      const user = users.get(key) ?? { option, commands: [] };
      user.commands.push(name);
      users.set(key, user);
    }
  }
  const groups = new Map<string, { commands: readonly string[]; options: OptionDefinition[] }>();
  for (const { option, commands } of users.values()) {
    const group = groups.get(commands.join()) ?? { commands, options: [] };
    group.options.push(option);
    groups.set(commands.join(), group);
  }
  return [...groups.values()];
}
