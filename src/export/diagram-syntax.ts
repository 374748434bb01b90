/** How a language for diagrams writes what a sequence diagram has. */
export interface DiagramSyntax {
  readonly begin: string;
  readonly end: string;
  /** A line with its line end. */
  readonly line: (text: string) => string;
  /** Captured text, in which nothing is left that means something to the language. */
  readonly text: (text: string) => string;
  readonly participant: (name: string, title: string) => string;
  readonly arrow: (from: string, to: string, text: string, isReply: boolean) => string;
  readonly note: (from: string, to: string, text: string) => string;
}

/** Mermaid's sequence diagrams, as code hosts draw them in Markdown. */
export const MERMAID: DiagramSyntax = {
  begin: 'sequenceDiagram\n',
  end: '',
  line: (text) => `    ${text}\n`,
  // An entity stands for each character that means something to the language, to Markdown or to HTML.
  text: (text) => escaped(text, /[^\p{L}\p{M}\p{N} .,:/=?{}()[\]_…]/gu, (code) => `#${code};`),
  participant: (name, title) => `participant ${name} as ${title}`,
  arrow: (from, to, text, isReply) => `${from}${isReply ? '-->>' : '->>'}${to}: ${text}`,
  note: (from, to, text) => `Note over ${from},${to}: ${text}`,
};

/** PlantUML's sequence diagrams. */
export const PLANTUML: DiagramSyntax = {
  begin: '@startuml\nhide footbox\n',
  end: '@enduml\n',
  line: (text) => `${text}\n`,
  text: (text) => escaped(text, /[^\p{L}\p{M}\p{N} .,()_…]/gu, (code) => `<U+${code.toString(16).padStart(4, '0')}>`),
  participant: (name, title) => `participant "${title}" as ${name}`,
  arrow: (from, to, text, isReply) => `${from} ${isReply ? '-->' : '->'} ${to} : ${text}`,
  note: (from, to, text) => `note over ${from},${to} : ${text}`,
};

function escaped(text: string, harmful: RegExp, escape: (codePoint: number) => string): string {
  return text.replace(harmful, (character) => escape(character.codePointAt(0)!));
}
