import { GLOBAL_OPTIONS } from '../about.js';
import type { CommandDefinition } from '../commands/define-command.js';
import { offerOf, parseFlags, type OptionDefinition } from '../options/option.js';

/** The completion script of PowerShell. Where it offers nothing, PowerShell completes the names of files. */
export function powershellCompletion(commands: readonly CommandDefinition[]): string {
  const fallback = commands.find(({ isDefault }) => isDefault)!;
  const [, help] = GLOBAL_OPTIONS as [OptionDefinition, OptionDefinition];
  return `# PowerShell completion of wsdissect: wsdissect completion powershell
Register-ArgumentCompleter -Native -CommandName wsdissect -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

  $commands = [ordered]@{
${commands.map(({ name, description }) => `    ${quote(name)} = ${quote(description)}`).join('\n')}
    'help' = 'help on a command'
  }
  $options = @{
${commands
  .map((command) => optionTable(command, command === fallback ? GLOBAL_OPTIONS : [help]))
  .concat("    'help' = [ordered]@{}")
  .join('\n')}
  }
  # What stands after an option that takes a value; nothing where that is a file or free.
  $values = @{
${commands.flatMap(valueRows).join('\n')}
  }
  $arguments = @{
${commands.flatMap(({ name, argsChoices }) => (argsChoices === undefined ? [] : [`    ${quote(name)} = ${list(argsChoices)}`])).join('\n')}
    'help' = ${list(commands.map(({ name }) => name))}
  }

  $words = @($commandAst.CommandElements |
    Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object { $_.ToString() })
  $command = ${quote(fallback.name)}
  if ($words.Count -gt 0 -and $commands.Contains($words[0])) { $command = $words[0] }
  $option = if ($words.Count -gt 0) { $words[-1] } else { '' }
  $before = ''
  if ($wordToComplete -match '^(--[\\w-]+)=(.*)$') {
    $option = $Matches[1]
    $before = "$option="
    $wordToComplete = $Matches[2]
  }

  $offers = [ordered]@{}
  if ($values.ContainsKey("$command $option")) {
    foreach ($value in $values["$command $option"]) { $offers[$value] = $value }
  } elseif ($wordToComplete.StartsWith('-')) {
    $offers = $options[$command]
  } elseif ($words.Count -eq 0) {
    $offers = $commands
  } elseif ($arguments.ContainsKey($command)) {
    foreach ($value in $arguments[$command]) { $offers[$value] = $value }
  }
  foreach ($offer in $offers.Keys) {
    if ($offer.StartsWith($wordToComplete, [StringComparison]::Ordinal)) {
      [System.Management.Automation.CompletionResult]::new("$before$offer", $offer, 'ParameterValue', $offers[$offer])
    }
  }
}
`;
}

function optionTable({ name, options }: CommandDefinition, more: readonly OptionDefinition[]): string {
  const rows = [...options, ...more].flatMap(({ flags, description }) =>
    namesOf(flags).map((flag) => `      ${quote(flag)} = ${quote(description)}`),
  );
  return `    ${quote(name)} = [ordered]@{\n${rows.join('\n')}\n    }`;
}

function valueRows({ name, options }: CommandDefinition): string[] {
  return options.flatMap((option) => {
    const { value, isOptional } = parseFlags(option.flags);
    // A value that may be left out follows an equals sign, so the next word is not one.
    if (value === undefined || isOptional) return [];
    const offer = offerOf(option);
    const words = typeof offer === 'object' ? offer : [];
    return namesOf(option.flags).map((flag) => `    ${quote(`${name} ${flag}`)} = ${list(words)}`);
  });
}

function namesOf(flags: string): string[] {
  const { short, long } = parseFlags(flags);
  // PowerShell's tables do not tell capitals apart.
  return [...(short === undefined || short !== short.toLowerCase() ? [] : [short]), long];
}

function list(words: readonly string[]): string {
  return words.length === 0 ? '@()' : `${quote(words.join(' '))} -split ' '`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
