import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { minifySync } from 'rolldown/utils';

/** The same with short names everywhere, for a page that loads it: it is a single file, and a stack trace has its place. */
export function smallest(name: string, code: string): string {
  return withoutErrors(name, minifySync(name, code, { module: true, compress: true, mangle: { toplevel: true } }));
}

/** Code without comments and white space; what is said of it stands in the declarations. */
export function minified(name: string, code: string, isModule: boolean): string {
  const result = minifySync(name, code, {
    module: isModule,
    compress: true,
    // Whoever reports a bug sends a stack trace: classes keep their names there, methods have theirs, and every call has its place.
    // The names of functions are left out, as they are a twentieth of what a start reads.
    mangle: { toplevel: true, keepNames: { function: false, class: true } },
    codegen: { removeWhitespace: true },
  });
  return inAscii(withoutErrors(name, result));
}

/** A single arrow or ellipsis makes V8 read and keep a file of code with two bytes for each letter of it. */
function inAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function withoutErrors(name: string, { code, errors }: ReturnType<typeof minifySync>): string {
  if (errors.length > 0) throw new Error(`${name}: ${errors[0]!.message}`);
  return code;
}

/**
 * Leaves of the compiler's output only the declarations that the types of an entry lead to: the code stands in bundles.
 *
 * @param folder - what the compiler wrote
 * @param entries - declarations of what is imported from the package
 * @param others - folders of other origin in it
 */
export function slimLibrary(folder: string, entries: readonly string[], others: readonly string[]): void {
  const declarations = new Set<string>();
  for (const entry of entries) collect(join(folder, entry), declarations);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const isCode = name.endsWith('.js') || (name.endsWith('.d.ts') && !declarations.has(path));
    if (isCode && !others.some((other) => name.startsWith(other))) rmSync(path);
    else if (declarations.has(path)) writeFileSync(path, shallow(readFileSync(path, 'utf8')));
  }
}

/** The same with one space for each level, in place of four. */
function shallow(text: string): string {
  return text.replace(/^(?: {4})+/gm, (indent) => ' '.repeat(indent.length / 4));
}

/** Leaves of the declaration of a table that every value of it has the same type: its texts would stand in it a second time. */
export function shortenTable(file: string, table: string, keys: string, row: string): void {
  const text = readFileSync(file, 'utf8');
  const declaration = new RegExp(`export declare const ${table}: \\{\\n([\\s\\S]*?)\\n\\};`);
  const names = [...(declaration.exec(text)?.[1] ?? '').matchAll(/^ readonly ('[^']+'|\w+): \{$/gm)].map(
    ([, name]) => name!,
  );
  if (names.length === 0) throw new Error(`${file} declares ${table} otherwise: see shortenTable`);
  const short = text
    .replace(declaration, `export declare const ${table}: Readonly<Record<${keys}, ${row}>>;`)
    .replace(`export type ${keys} = keyof typeof ${table};`, `export type ${keys} = ${names.join(' | ')};`);
  writeFileSync(file, short);
}

const IMPORT = /(?:from|import\() ?['"](\.[^'"]+)\.js['"]/g;

function collect(path: string, found: Set<string>): void {
  if (found.has(path)) return;
  found.add(path);
  for (const [, name] of readFileSync(path, 'utf8').matchAll(IMPORT))
    collect(join(dirname(path), `${name!}.d.ts`), found);
}
