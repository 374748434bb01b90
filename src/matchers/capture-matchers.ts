import { chunksOf, type CaptureSource } from '../capture/capture-source.js';
import { check, type CheckOptions } from '../check/check.js';
import type { Expectation } from '../check/expectations/expectation.js';
import { GoldenFile } from '../check/golden/golden-file.js';
import type { CaptureReport, Claim, ClaimKind } from '../check/report.js';
import type { RuleOptions } from '../check/rules/rule-selection.js';
import { TextReporter } from '../check/reporters/text-reporter.js';
import { claimLines } from '../check/reporters/wording.js';
import { WsdissectError } from '../common/error.js';
import type { DissectOptions } from '../dissection/dissect-options.js';
import { isLossEvent } from '../check/loss.js';
import { sanitize } from '../output/sanitize.js';
import { plainStyle } from '../output/style.js';
import { KeyLog } from '../tls/key-log/key-log.js';

/** How a capture is read, and which findings count. */
export interface CaptureOptions
  extends RuleOptions, Pick<DissectOptions, 'ports' | 'extensions' | 'stream' | 'limits'> {
  /** Files of TLS secrets. */
  readonly keylog?: string | readonly string[];
  /** Bytes that are missing, and messages that could not be decoded, fail too. */
  readonly strict?: boolean;
}

/** What is compared: a field of a record with a value, as in a file of expectations; a regular expression for a text. */
export type Match = Readonly<Record<string, string | number | boolean | null | RegExp>>;

/** How many records must match; at least one where nothing is given. */
export interface MatchOptions extends CaptureOptions {
  readonly count?: number;
  readonly min?: number;
  readonly max?: number;
  /** An expression over the record, as `--where` takes it. */
  readonly where?: string;
}

/** How a conversation is compared. */
export interface ConversationOptions extends CaptureOptions {
  /** A file that says what is not compared, as `--ignore` takes it. */
  readonly ignore?: string | readonly string[];
}

/**
 * What is expected of captures: paths, bytes, or anything else that {@link check} takes.
 *
 * Each rejects with a WsdissectError where a capture or a file cannot be read.
 *
 * @typeParam Result - what a matcher returns: a promise
 */
export interface CaptureMatchers<Result = Promise<void>> {
  /** It has WebSocket connections, and no finding of severity error: it keeps the rules of RFC 6455, 7692 and 8441. */
  toObeyWebSocketRfcs(options?: CaptureOptions): Result;
  /** It has such a message: `{ text__contains: 'hello', direction: 'server-to-client' }`. */
  toHaveMessage(match: Match, options?: MatchOptions): Result;
  /** It has such a connection: `{ handshake: 'accepted', closeCode: 1000 }`. */
  toHaveConnection(match: Match, options?: MatchOptions): Result;
  /** It has such a call: `{ name: 'chat', outcome: 'ok', seconds__lt: 0.5 }`. */
  toHaveCall(match: Match, options?: MatchOptions): Result;
  /** What was said is what a golden file has, which `wsdissect check --golden FILE --update` writes. */
  toHaveConversation(golden: string, options?: ConversationOptions): Result;
}

/** What a matcher found, as `expect.extend()` takes it. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What a matcher is told of how it is used. */
interface MatcherState {
  readonly isNot?: boolean;
}

/** The matchers, for `expect.extend()` of any test runner that has it. */
export const captureMatchers = {
  async toObeyWebSocketRfcs(
    this: MatcherState,
    received: CaptureSource,
    options: CaptureOptions = {},
  ): Promise<MatcherResult> {
    const report = await checked(received, options, {});
    const text = new TextReporter({ style: plainStyle('->'), isQuiet: true }).capture(report).trimEnd();
    return this.isNot === true && isEmpty(report)
      ? failed(this, `${nameOf(received)}: no WebSocket connection in this capture`)
      : verdict(report.passed, nameOf(received), 'obey the WebSocket RFCs', text);
  },

  toHaveMessage(
    this: MatcherState,
    received: CaptureSource,
    match: Match,
    options: MatchOptions = {},
  ): Promise<MatcherResult> {
    return toHave('message', received, match, options);
  },

  toHaveConnection(
    this: MatcherState,
    received: CaptureSource,
    match: Match,
    options: MatchOptions = {},
  ): Promise<MatcherResult> {
    return toHave('connection', received, match, options);
  },

  toHaveCall(
    this: MatcherState,
    received: CaptureSource,
    match: Match,
    options: MatchOptions = {},
  ): Promise<MatcherResult> {
    return toHave('call', received, match, options);
  },

  async toHaveConversation(
    this: MatcherState,
    received: CaptureSource,
    golden: string,
    options: ConversationOptions = {},
  ): Promise<MatcherResult> {
    const name = typeof received === 'string' ? received : 'CAPTURE';
    const hint = `; npx wsdissect check --golden ${golden} --update ${name} writes it`;
    const { parseIgnoreFile } = await import('../check/golden/ignore-file.js');
    const rules = [];
    for (const path of listOf(options.ignore)) rules.push(...parseIgnoreFile(await textOf(path), path));
    const file = new GoldenFile(golden, await textOf(golden, hint), rules);
    const report = await checked(received, options, {
      golden: file,
      ...(file.hasSections ? { isOneOfMany: true } : {}),
    });
    return ofClaim(report, 'golden', nameOf(received), `have the conversation of ${sanitize(golden)}`);
  },
};

async function toHave(
  type: 'message' | 'connection' | 'call',
  received: CaptureSource,
  match: Match,
  options: MatchOptions,
): Promise<MatcherResult> {
  const expectations = await expectationsOf(type, match, options);
  const report = await checked(received, options, { expectations });
  const wanted = JSON.stringify(match, (_, value: unknown) => (value instanceof RegExp ? String(value) : value));
  return ofClaim(report, 'expectation', nameOf(received), `have a ${type} that matches ${sanitize(wanted)}`);
}

/** The expectation that a match stands for: what a file of expectations would say of it. */
async function expectationsOf(type: string, match: Match, options: MatchOptions): Promise<readonly Expectation[]> {
  const { count, where } = options;
  const { min = count === undefined && options.max === undefined ? 1 : undefined, max } = options;
  const { parseExpectations } = await import('../check/expectations/expect-file.js');
  const filter = { count, min, max, match: { type, ...plainMatch(match) }, where };
  const name = 'what is expected';
  try {
    return parseExpectations(JSON.stringify({ checks: [{ filter }] }), name);
  } catch (error) {
    if (!(error instanceof WsdissectError)) throw error;
    const message = error.message.replace(/^[^:]*:1: (?:checks\[0\]\.filter\.(?:match\.)?)?/, '');
    throw new WsdissectError(error.code, message);
  }
}

/** Regular expressions become what a file of expectations has for them. */
function plainMatch(match: Match): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(match).map(([field, value]) => {
      if (!(value instanceof RegExp)) return [field, value];
      if (value.flags.replace('u', '') !== '') {
        throw new WsdissectError(
          'bad-option',
          `${field}: ${String(value)}: a regular expression can have no flag but u here`,
        );
      }
      return [`${field}__regex`, value.source];
    }),
  );
}

async function checked(
  received: CaptureSource,
  options: CaptureOptions,
  more: Partial<CheckOptions>,
): Promise<CaptureReport> {
  const { keylog, strict = false, rules, allow, failOn, ports, extensions, stream, limits } = options;
  const given = {
    ...{ ports, extensions, stream, limits },
    keyLog: keylog === undefined ? undefined : await keyLogOf(listOf(keylog)),
  };
  const report = await check(received, {
    ...withoutUndefined({ rules, allow, failOn, file: typeof received === 'string' ? received : undefined }),
    dissect: withoutUndefined(given),
    ...(strict ? { isLoss: isLossEvent } : {}),
    ...more,
  });
  if (report.error !== undefined) throw report.error;
  return report;
}

/** The members that are given. */
function withoutUndefined<Members extends object>(
  members: Members,
): { [Name in keyof Members]: NonNullable<Members[Name]> } {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Name in keyof Members]: NonNullable<Members[Name]> };
}

async function keyLogOf(paths: readonly string[]): Promise<KeyLog> {
  const keyLog = new KeyLog();
  for (const path of paths) {
    const text = keyLog.openText();
    for await (const chunk of chunksOf(path)) text.push(Buffer.from(chunk));
    text.end();
  }
  keyLog.end();
  return keyLog;
}

/** @param hint - what to do where it is not there */
async function textOf(path: string, hint = ''): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of chunksOf(path)) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof WsdissectError) || error.code !== 'no-such-file') throw error;
    throw new WsdissectError(error.code, `${error.message}${hint}`, { cause: error });
  }
  return Buffer.concat(chunks).toString('utf8');
}

const listOf = (paths: string | readonly string[] = []): readonly string[] =>
  typeof paths === 'string' ? [paths] : paths;

const isEmpty = ({ connections }: CaptureReport): boolean => connections === 0;

function nameOf(received: CaptureSource): string {
  return typeof received === 'string' ? sanitize(received) : 'the capture';
}

/** What became of the one claim that a matcher is about. */
function ofClaim({ claims }: CaptureReport, kind: ClaimKind, name: string, what: string): MatcherResult {
  const claim = claims.find((each) => each.kind === kind)!;
  return verdict(claim.isMet, name, what, linesOf(claim).join('\n'));
}

/** What is wrong with a claim; of an expectation the matcher says itself what it is about. */
function linesOf(claim: Claim): string[] {
  const [first = '', ...rest] = claimLines(claim);
  return [first.replace(/^expectation what is expected:1: /, ''), ...rest.map((line) => `  ${line}`)];
}

function verdict(pass: boolean, name: string, what: string, why: string): MatcherResult {
  return { pass, message: () => `expected ${name} ${pass ? 'not ' : ''}to ${what}\n\n${why}` };
}

/** A result that fails, `.not` or not. */
function failed({ isNot = false }: MatcherState, message: string): MatcherResult {
  return { pass: isNot, message: () => message };
}
