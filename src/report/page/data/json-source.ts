/** JSON as it is written: numbers keep their digits, and a member that stands twice is there twice. */
export type JsonNode =
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: JsonNode])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'other'; readonly text: string };

/** Values in one another that are followed. */
const DEEPEST = 500;
const TOKEN = /[ \t\n\r]*(?:([[\]{},:])|("[^"\\]*(?:\\.[^"\\]*)*")|([^ \t\n\r[\]{},:"]+))/y;

/** Reads JSON that is known to be JSON. @returns `undefined` where it nests too deeply to be shown as a tree */
export function readJson(source: string): JsonNode | undefined {
  const tokens = new RegExp(TOKEN);
  const next = (): string => {
    const match = tokens.exec(source);
    return match === null ? '' : (match[1] ?? match[2] ?? match[3] ?? '');
  };
  const read = (token: string, depth: number): JsonNode | undefined => {
    if (depth > DEEPEST) return undefined;
    if (token === '{') return readObject(depth);
    if (token === '[') return readArray(depth);
    if (token.startsWith('"')) return { kind: 'string', text: JSON.parse(token) as string };
    return { kind: 'other', text: token };
  };
  const readObject = (depth: number): JsonNode | undefined => {
    const members: (readonly [string, JsonNode])[] = [];
    for (let token = next(); token !== '}' && token !== ''; token = next()) {
      if (token === ',') continue;
      next();
      const value = read(next(), depth + 1);
      if (value === undefined) return undefined;
      members.push([JSON.parse(token) as string, value]);
    }
    return { kind: 'object', members };
  };
  const readArray = (depth: number): JsonNode | undefined => {
    const items: JsonNode[] = [];
    for (let token = next(); token !== ']' && token !== ''; token = next()) {
      if (token === ',') continue;
      const value = read(token, depth + 1);
      if (value === undefined) return undefined;
      items.push(value);
    }
    return { kind: 'array', items };
  };
  return read(next(), 0);
}

/** A member of an object; of several with this name, the last. */
export function memberOf(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === 'object' ? node.members.findLast(([member]) => member === name)?.[1] : undefined;
}
