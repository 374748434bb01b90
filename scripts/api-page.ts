import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');
const BEGIN = '<!-- api: npm run docs writes what follows from the TSDoc of src/index.ts -->';
const END = '<!-- end of api -->';

/** docs/api.md with what the library exports between its two marks. */
export function withApi(document: string): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < 0) throw new Error('the document has no place for the API');
  return `${document.slice(0, from)}${BEGIN}\n\n${new ApiPage().text()}\n\n${document.slice(to)}`;
}

/** What kinds of exports there are, in the order of the page. */
const SECTIONS = ['Functions', 'Classes', 'Values', 'Types'] as const;
type Section = (typeof SECTIONS)[number];

const BY_SECTION: Readonly<Record<Section, ts.SymbolFlags>> = {
  Functions: ts.SymbolFlags.Function,
  Classes: ts.SymbolFlags.Class,
  Values: ts.SymbolFlags.Variable,
  Types: ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias,
};

/** Reads the exports of the library with the compiler that checks them. */
class ApiPage {
  readonly #checker: ts.TypeChecker;
  readonly #exports: readonly ts.Symbol[];

  constructor() {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: unknown;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    const index = join(ROOT, 'src', 'index.ts');
    const program = ts.createProgram([index], { ...options, noEmit: true });
    this.#checker = program.getTypeChecker();
    const module = this.#checker.getSymbolAtLocation(program.getSourceFile(index)!)!;
    this.#exports = this.#checker
      .getExportsOfModule(module)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol))
      .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  }

  text(): string {
    return SECTIONS.map((section) => {
      const symbols = this.#exports.filter(({ flags }) => flags & BY_SECTION[section]);
      return [`## ${section}`, ...symbols.map((symbol) => this.#entry(symbol))].join('\n\n');
    }).join('\n\n');
  }

  #entry(symbol: ts.Symbol): string {
    const declaration = symbol.declarations![0]!;
    const isBeta = hasTag(symbol, 'beta');
    const parts = [`### ${symbol.name}`, description(symbol, this.#checker)];
    if (isBeta) parts.push('*Beta: it may still change in a minor version.*');
    if (ts.isFunctionDeclaration(declaration)) {
      parts.push(code(signature(declaration)), callDetails(symbol));
    } else if (ts.isClassDeclaration(declaration)) {
      parts.push(this.#members(declaration.members, `new ${symbol.name}`));
    } else if (ts.isInterfaceDeclaration(declaration)) {
      const { heritageClauses = [] } = declaration;
      const bases = heritageClauses.flatMap(({ types }) => types.map((type) => `\`${type.getText()}\``));
      if (bases.length > 0) parts.push(`Has the members of ${bases.join(' and ')} too.`);
      parts.push(this.#members(declaration.members, ''));
    } else if (ts.isTypeAliasDeclaration(declaration)) {
      parts.push(code(declaration.getText().replace(/^export /, '')));
    } else {
      const type = this.#checker.getTypeOfSymbol(symbol);
      const text = this.#checker.typeToString(type, declaration);
      // What the table has is in docs/rules.md.
      if (!text.includes('... ')) parts.push(code(`const ${symbol.name}: ${text}`));
    }
    return parts.filter((part) => part !== '').join('\n\n');
  }

  #members(members: readonly (ts.ClassElement | ts.TypeElement)[], constructor: string): string {
    const rows = members.flatMap((member) => {
      const isHidden =
        (member.name !== undefined && ts.isPrivateIdentifier(member.name)) ||
        (ts.canHaveModifiers(member) &&
          ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) === true);
      if (isHidden) return [];
      const symbol = this.#checker.getSymbolAtLocation(member.name ?? member);
      if (symbol !== undefined && hasTag(symbol, 'internal')) return [];
      const what = ts.isConstructorDeclaration(member)
        ? `${constructor}${signature(member)}`
        : member
            .getText()
            .replace(/^(?:readonly|override|get) /, '')
            .replace(/ ?(?:\{[^]*\}|;)$/, '')
            .replace(/ = [^]*$/, '');
      const doc = docOf(member, this.#checker);
      const shown = ts.isGetAccessorDeclaration(member) ? what.replace('()', '') : what;
      return [`- \`${oneLine(shown)}\`${doc === '' ? '' : `: ${oneLine(doc)}`}`];
    });
    return rows.join('\n');
  }
}

function code(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``;
}

/** A function without its body. */
function signature(declaration: ts.FunctionDeclaration | ts.ConstructorDeclaration): string {
  const text = declaration.getText();
  const { body } = declaration;
  const head = body === undefined ? text : text.slice(0, body.getStart() - declaration.getStart());
  return oneLine(
    head
      .replace(/^export (?:async )?/, '')
      .replace(/^constructor/, '')
      .trim(),
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/,? \)/g, ')');
}

function hasTag(symbol: ts.Symbol, name: string): boolean {
  return symbol.getJsDocTags().some((tag) => tag.name === name);
}

function description(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const text = plain(symbol.getDocumentationComment(checker));
  if (text === '') throw new Error(`${symbol.name} has no TSDoc`);
  return text;
}

/** What the TSDoc of a member says, its parameters, results and errors included. */
function docOf(member: ts.Node, checker: ts.TypeChecker): string {
  const parts: string[] = [];
  for (const doc of ts.getJSDocCommentsAndTags(member)) {
    if (!ts.isJSDoc(doc)) continue;
    parts.push(commentText(doc.comment));
    for (const tag of doc.tags ?? []) parts.push(tagText(tag));
  }
  const own = parts
    .filter((part) => part !== '')
    .map((part) => (/[.:?]$/.test(part) ? part : `${part}.`))
    .join(' ');
  const name = (member as ts.NamedDeclaration).name;
  const symbol = name === undefined ? undefined : checker.getSymbolAtLocation(name);
  return own !== '' || symbol === undefined ? own : plain(symbol.getDocumentationComment(checker));
}

function callDetails(symbol: ts.Symbol): string {
  return symbol
    .declarations!.flatMap((declaration) => ts.getJSDocTags(declaration))
    .map(tagText)
    .filter((text) => text !== '')
    .map((text) => `- ${text}`)
    .join('\n');
}

function tagText(tag: ts.JSDocTag): string {
  const text = oneLine(commentText(tag.comment)).replace(/^- /, '');
  switch (tag.tagName.text) {
    case 'param':
      return `\`${(tag as ts.JSDocParameterTag).name.getText()}\`: ${text}`;
    case 'returns':
      return `Gives ${text}`;
    case 'throws':
      return `Throws ${text}`;
    default:
      return '';
  }
}

function commentText(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  if (comment === undefined) return '';
  if (typeof comment === 'string') return comment;
  return comment
    .map((part) => (ts.isJSDocLink(part) ? `\`${part.name?.getText() ?? part.text}\`` : part.text))
    .join('');
}

/** TSDoc as Markdown: links are the names of what they lead to. */
function plain(parts: readonly ts.SymbolDisplayPart[]): string {
  return ts
    .displayPartsToString([...parts])
    .replace(/\{@link (\S+?)(?: [^}]*)?\}/g, '`$1`')
    .trim();
}
