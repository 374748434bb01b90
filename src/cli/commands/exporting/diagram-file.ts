import type { Consumer } from '../../../consumer.js';
import type { DiagramSyntax } from '../../../export/diagram-syntax.js';
import { SequenceDiagram } from '../../../export/sequence-diagram.js';
import type { ExportOptions } from '../../options/export-options.js';
import { inputName } from '../../input/named-error.js';
import type { Io } from '../../terminal/io.js';
import type { ExportTarget } from './export-target.js';
import { OutputFile } from './output-file.js';
import type { NamedInput } from '../reading/read-captures.js';

/** A sequence diagram of what was said in captures. */
export class DiagramFile implements ExportTarget {
  readonly #file: OutputFile;
  readonly #diagram: SequenceDiagram;
  readonly #isOne: boolean;

  /** @throws WsdissectError for a file that cannot be written */
  constructor(io: Io, syntax: DiagramSyntax, { output, force, decode }: ExportOptions, isOne: boolean) {
    this.#file = new OutputFile(io, output, force === true);
    this.#diagram = new SequenceDiagram(syntax, decode);
    this.#isOne = isOne;
  }

  async begin(): Promise<void> {
    await this.#write(this.#diagram.begin());
  }

  capture({ name }: NamedInput): Consumer {
    this.#diagram.input(this.#isOne ? undefined : inputName(name));
    return {
      wants: this.#diagram.wants,
      event: (event) => this.#write(this.#diagram.event(event)),
      end: () => undefined,
    };
  }

  async end(): Promise<void> {
    await this.#write(this.#diagram.end());
  }

  close(): void {
    this.#file.close();
  }

  #write(text: string): Promise<void> | undefined {
    return text === '' ? undefined : this.#file.write(Buffer.from(text, 'utf8'));
  }
}
