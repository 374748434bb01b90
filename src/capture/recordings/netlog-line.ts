/** What a NetLog says of itself, as far as it is needed. */
export interface NetLogConstants {
  /** Types of events by their names. */
  readonly types: ReadonlyMap<string, number>;
  /** Milliseconds since 1970 of the tick 0; not a number where it is not there. */
  readonly tickOffset: number;
}

/** An event of a NetLog. */
export interface NetLogEvent {
  readonly type: number;
  /** 0 alone, 1 where something begins, 2 where it ends. */
  readonly phase: number;
  /** Number of what it is about. */
  readonly source: number;
  /** In ticks, which are milliseconds. */
  readonly time: number;
  readonly params: unknown;
}

/** Whether a value of JSON is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first line of a NetLog; `undefined` where it is none. */
export function readConstants(line: string): NetLogConstants | undefined {
  const document = parse(`${line.trim().replace(/,$/, '')}}`) ?? parse(line);
  const constants = isRecord(document) ? document['constants'] : undefined;
  const types = isRecord(constants) ? constants['logEventTypes'] : undefined;
  if (!isRecord(constants) || !isRecord(types)) return undefined;
  const { timeTickOffset } = constants;
  return {
    types: new Map(Object.entries(types).map(([name, type]) => [name, Number(type)])),
    tickOffset:
      typeof timeTickOffset === 'number' || typeof timeTickOffset === 'string' ? Number(timeTickOffset) : Number.NaN,
  };
}

/** What may stand after the last event in its line: the ends of the array and of the log. */
const ENDS = ['', ',', ']', '],', ']}'];

/** An event, which is a line; `undefined` where it is none. */
export function parseLine(line: string): NetLogEvent | undefined {
  const text = line.trim();
  for (const end of ENDS) {
    if (!text.endsWith(end)) continue;
    const event = parse(text.slice(0, text.length - end.length));
    if (isRecord(event)) return eventOf(event);
  }
  return undefined;
}

function eventOf(event: Readonly<Record<string, unknown>>): NetLogEvent | undefined {
  const source = isRecord(event['source']) ? Number(event['source']['id']) : Number.NaN;
  const [type, phase, time] = [Number(event['type']), Number(event['phase']), Number(event['time'])];
  if (!Number.isSafeInteger(source) || !Number.isInteger(type)) return undefined;
  return { type, phase, source, time, params: event['params'] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
