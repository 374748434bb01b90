import type { RuleSelection } from '../../../check/rules/rule-selection.js';
import type { Finding } from '../../../common/finding.js';
import { count } from '../../../common/words.js';
import type { Consumer } from '../../../consumer.js';
import { streamName, type ConnectionRef, type DissectEvent } from '../../../events.js';
import { MERMAID } from '../../../export/diagram-syntax.js';
import { SequenceDiagram } from '../../../export/sequence-diagram.js';

/** Lines that are drawn up to what failed, and of what follows it. */
const LINES_BEFORE = 12;
const LINES_AFTER = 4;
/** Connections at a time of which it is kept what they said last. */
const MOST_KEPT = 200;

/** What was said on one connection. */
interface Kept {
  readonly diagram: SequenceDiagram;
  connection: ConnectionRef | undefined;
  /** Who talks to whom, and the handshake. */
  head: string;
  /** Its first lines, of the first connection only. */
  readonly beginning: string[];
  /** Its last lines, up to what failed and a little after it. */
  readonly lines: string[];
  /** How many lines there were, before what failed ended the count. */
  count: number;
  /** Lines that are still taken after what failed; `undefined` as long as nothing has. */
  room: number | undefined;
  /** What failed before it was known to be a WebSocket connection. */
  readonly early: string[];
}

/**
 * The conversation in which a check fails, as a diagram: what was said before the first finding that it fails on, and a little
 * after it. Where it fails for another reason, the beginning of the first conversation.
 */
export class FailingConversation implements Consumer {
  readonly wants = { frames: true, messages: true, connections: true, decode: 'auto' } as const;
  readonly #rules: RuleSelection;
  readonly #kept = new Map<string, Kept>();
  #first: Kept | undefined;
  #failing: Kept | undefined;

  constructor(rules: RuleSelection) {
    this.#rules = rules;
  }

  event(event: DissectEvent): undefined {
    const name = nameOf(event);
    if (name === undefined || this.#isDone) return;
    const kept = this.#keptOf(name);
    if (kept === undefined) return;
    for (const found of findingsOf(event)) this.#finding(kept, found);
    if (event.type === 'finding') return;
    kept.connection ??= event.connection;
    const line = kept.diagram.event(event);
    if (event.type === 'open') {
      this.#first ??= kept;
      kept.head = line;
      for (const text of kept.early.splice(0)) this.#line(kept, kept.diagram.note(event.connection, text));
    } else if (line !== '') {
      this.#line(kept, line);
    }
    if (event.type === 'connection') this.#kept.delete(name);
  }

  end(): undefined {
    // The diagram is asked for.
  }

  /** The diagram in Mermaid; `undefined` where there is no conversation. */
  get diagram(): string | undefined {
    const isFailing = this.#failing?.head !== undefined && this.#failing.head !== '';
    const kept = isFailing ? this.#failing : this.#first;
    if (kept?.connection === undefined) return undefined;
    const lines = isFailing ? kept.lines : kept.beginning;
    const leftOut = kept.count - lines.length;
    // A diagram of one connection calls its two sides so.
    const note =
      leftOut <= 0 ? '' : MERMAID.line(MERMAID.note('p1c', 'p1s', `${count(leftOut, 'more line')} not drawn`));
    const body = lines.join('');
    return MERMAID.begin + kept.head + (isFailing ? note + body : body + note) + MERMAID.end;
  }

  /** Nothing that comes can change the diagram. */
  get #isDone(): boolean {
    return this.#failing?.room === 0;
  }

  #keptOf(name: string): Kept | undefined {
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    if (this.#kept.size >= MOST_KEPT) return undefined;
    const kept: Kept = {
      diagram: new SequenceDiagram(MERMAID, this.wants.decode, Infinity),
      connection: undefined,
      head: '',
      beginning: [],
      lines: [],
      count: 0,
      room: undefined,
      early: [],
    };
    this.#kept.set(name, kept);
    return kept;
  }

  #finding(kept: Kept, { code, message }: Finding): void {
    if (this.#rules.verdict(code) !== 'failing') return;
    // What failed first is drawn, once it is known to be a conversation.
    if (this.#failing !== kept && this.#failing?.connection !== undefined) return;
    this.#failing = kept;
    const text = `${code}: ${message}`;
    if (kept.connection === undefined) kept.early.push(text);
    else this.#line(kept, kept.diagram.note(kept.connection, text));
    kept.room ??= LINES_AFTER;
  }

  #line(kept: Kept, line: string): void {
    if (kept.room === 0) return;
    kept.count++;
    kept.lines.push(line);
    if (kept === this.#first && kept.beginning.length < LINES_BEFORE) kept.beginning.push(line);
    if (kept.room !== undefined) kept.room--;
    else if (kept.lines.length > LINES_BEFORE) kept.lines.shift();
  }
}

function nameOf(event: DissectEvent): string | undefined {
  if (event.type !== 'finding') return streamName(event.connection);
  const { stream, http2Stream } = event.finding;
  return stream === undefined ? undefined : streamName({ stream, http2Stream });
}

function findingsOf(event: DissectEvent): readonly Finding[] {
  if (event.type === 'frame') return event.frame.findings;
  if (event.type === 'message') return event.message.findings;
  return event.type === 'finding' ? [event.finding] : [];
}
