import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** The folder of the source. */
export const SRC = resolve(import.meta.dirname, '../../src');

/** The files of src/, by their paths in it. */
export function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
}

/** The files of src/ that a file imports, of types and of what it loads while it runs too. */
export function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return found.map((path) => relative(SRC, resolve(SRC, dirname(file), path)).replace(/\.js$/, '.ts'));
}

/** A file of src/ and all that it imports, and they in turn. */
export function reachableFrom(file: string): string[] {
  const reached = new Set([file]);
  for (const one of reached) for (const target of importsOf(one)) reached.add(target);
  return [...reached];
}

/** A file of src/ and all that is loaded with it: what is imported for its types only is not. */
export function loadedFrom(file: string): string[] {
  const loaded = new Set([file]);
  for (const one of loaded) {
    const text = readFileSync(join(SRC, one), 'utf8').replaceAll(/^(?:import|export) type [^;]*;/gm, '');
    for (const [, path] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      loaded.add(relative(SRC, resolve(SRC, dirname(one), path!)).replace(/\.js$/, '.ts'));
    }
  }
  return [...loaded];
}
