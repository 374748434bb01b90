import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { minifySync } from 'rolldown/utils';

/** Whoever reports a bug sends a stack trace: functions and classes keep their names. */
const NAMES = { keepNames: { function: true, class: true } };

/** Code without comments and white space; what is said of it stands in the declarations. */
export function minified(name: string, code: string, isModule: boolean): string {
  const { code: result, errors } = minifySync(name, code, {
    module: isModule,
    compress: NAMES,
    // At the top of a module too: a stack trace has little else to go by.
    mangle: { ...NAMES, toplevel: false },
    codegen: { removeWhitespace: true },
  });
  if (errors.length > 0) throw new Error(`${name}: ${errors[0]!.message}`);
  return result;
}

/**
 * Makes the compiler's output as small as a package should be: code without comments, and only the declarations that the
 * types of an entry lead to.
 *
 * @param folder - what the compiler wrote
 * @param entries - declarations of what is imported from the package
 * @param others - folders of other origin in it
 */
export function slimLibrary(folder: string, entries: readonly string[], others: readonly string[]): void {
  const declarations = new Set<string>();
  for (const entry of entries) collect(join(folder, entry), declarations);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (others.some((other) => name.startsWith(other))) continue;
    const path = join(folder, name);
    if (name.endsWith('.d.ts') && !declarations.has(path)) rmSync(path);
    else if (name.endsWith('.js')) writeFileSync(path, minified(name, readFileSync(path, 'utf8'), true));
  }
}

const IMPORT = /(?:from|import\() ?['"](\.[^'"]+)\.js['"]/g;

function collect(path: string, found: Set<string>): void {
  if (found.has(path)) return;
  found.add(path);
  for (const [, name] of readFileSync(path, 'utf8').matchAll(IMPORT))
    collect(join(dirname(path), `${name!}.d.ts`), found);
}
