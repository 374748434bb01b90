import { finding, type Finding, type FindingLocation } from '../../common/finding.js';
import { parseExtensions, type Extension } from './extensions.js';
import type { DeflateParameters } from '../handshake.js';

const NAME = 'permessage-deflate';
const PARAMETERS = new Set([
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
]);
const DEFAULT_WINDOW_BITS = 15;

/** The parameters of one permessage-deflate, of an offer or an answer, as far as they can be read. */
interface ReadParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** `undefined` where the parameter is not there. */
  readonly serverMaxWindowBits: number | undefined;
  /** `true` where the parameter is there without a value, which an offer may do. */
  readonly clientMaxWindowBits: number | true | undefined;
  /** What is wrong with them. */
  readonly problems: readonly string[];
}

/**
 * What a server's Sec-WebSocket-Extensions answer says about permessage-deflate (RFC 7692 section 7.1).
 *
 * The first permessage-deflate in it counts. What is wrong with it is a finding, and it still counts: a parameter
 * that cannot be read stands for its default, and a window of 15 bits reads what any smaller one wrote.
 */
export function deflateFromAnswer(
  answer: string,
  place?: FindingLocation,
): { deflate?: DeflateParameters; findings: readonly Finding[] } {
  const { extensions, error } = parseExtensions(answer);
  const findings: Finding[] = [];
  if (error !== undefined) {
    findings.push(finding('handshake.bad-extensions', `In the server's extensions ${error}`, place));
  }
  const [agreed, second] = extensions.filter(isDeflate);
  if (agreed === undefined) return { findings };
  if (second !== undefined) {
    findings.push(finding('handshake.bad-extensions', `The server answers with ${NAME} more than once`, place));
  }
  const deflate = deflateParameters(agreed, place);
  return { deflate: deflate.parameters, findings: [...findings, ...deflate.findings] };
}

/** The parameters of a server's permessage-deflate; those that are not there have their default. */
function deflateParameters(
  answer: Extension,
  place?: FindingLocation,
): { parameters: DeflateParameters; findings: readonly Finding[] } {
  const read = readParameters(answer, 'answer');
  const clientBits = read.clientMaxWindowBits === true ? undefined : read.clientMaxWindowBits;
  return {
    parameters: {
      serverNoContextTakeover: read.serverNoContextTakeover,
      clientNoContextTakeover: read.clientNoContextTakeover,
      serverMaxWindowBits: read.serverMaxWindowBits ?? DEFAULT_WINDOW_BITS,
      clientMaxWindowBits: clientBits ?? DEFAULT_WINDOW_BITS,
    },
    findings: read.problems.map((problem) => finding('handshake.bad-parameter', `The server's ${problem}`, place)),
  };
}

/** What is wrong with the values of the permessage-deflate that a client offers. Unknown parameters may be offered. */
export function checkDeflateOffers(offers: readonly Extension[], place?: FindingLocation): Finding[] {
  return offers
    .filter(isDeflate)
    .flatMap((offer) => readParameters(offer, 'offer').problems)
    .map((problem) => finding('handshake.bad-parameter', `The client's ${problem}`, place));
}

/** Whether the server's parameters are an answer to one of the client's offers (RFC 7692 sections 7.1.1 and 7.1.2). */
export function checkDeflateAgainstOffers(
  answer: readonly Extension[],
  offers: readonly Extension[],
  place?: FindingLocation,
): Finding[] {
  const agreed = answer.find(isDeflate);
  const offered = offers.filter(isDeflate);
  if (agreed === undefined || offered.length === 0) return [];
  const answered = readParameters(agreed, 'answer');
  const problems = offered.map((offer) => misfit(answered, readParameters(offer, 'offer')));
  const [first] = problems;
  if (first === undefined || problems.includes(undefined)) return [];
  return [finding('handshake.bad-parameter', first, place)];
}

function isDeflate(extension: Extension): boolean {
  return extension.name.toLowerCase() === NAME;
}

function misfit(answer: ReadParameters, offer: ReadParameters): string | undefined {
  if (answer.clientMaxWindowBits !== undefined && offer.clientMaxWindowBits === undefined) {
    return 'The server answers with client_max_window_bits, which the client did not offer';
  }
  if (offer.serverNoContextTakeover && !answer.serverNoContextTakeover) {
    return 'The server does not answer with server_no_context_takeover, which the client asked for';
  }
  const asked = offer.serverMaxWindowBits;
  if (asked !== undefined && (answer.serverMaxWindowBits ?? DEFAULT_WINDOW_BITS) > asked) {
    return `The client asked for a server_max_window_bits of at most ${asked}, and the server does not keep to it`;
  }
  return undefined;
}

function readParameters(extension: Extension, from: 'offer' | 'answer'): ReadParameters {
  const seen = new Map<string, number | true | undefined>();
  const problems: string[] = [];
  for (const [written, value] of extension.parameters) {
    const name = written.toLowerCase();
    if (seen.has(name)) {
      problems.push(`${NAME} has ${name} more than once`);
      continue;
    }
    // Receivers compare names as they are written.
    if (written !== name && PARAMETERS.has(name)) {
      problems.push(`${NAME} has a parameter "${written}", which is registered as "${name}"`);
    }
    switch (name) {
      case 'server_no_context_takeover':
      case 'client_no_context_takeover':
        seen.set(name, true);
        if (value !== undefined) problems.push(`${name} has a value, "${value}"`);
        break;
      case 'server_max_window_bits':
      case 'client_max_window_bits': {
        const bits = windowBits(value);
        const mayBeBare = from === 'offer' && name === 'client_max_window_bits' && value === undefined;
        seen.set(name, bits ?? (mayBeBare ? true : undefined));
        if (bits !== undefined || mayBeBare) break;
        problems.push(value === undefined ? `${name} has no value` : `${name} is "${value}", not 8 to 15`);
        break;
      }
      default:
        seen.set(name, undefined);
        if (from === 'answer') problems.push(`${NAME} has a parameter "${written}", which means nothing`);
    }
  }
  const serverBits = seen.get('server_max_window_bits');
  return {
    serverNoContextTakeover: seen.has('server_no_context_takeover'),
    clientNoContextTakeover: seen.has('client_no_context_takeover'),
    serverMaxWindowBits: serverBits === true ? undefined : serverBits,
    clientMaxWindowBits: seen.get('client_max_window_bits'),
    problems,
  };
}

/** Decimal without leading zeros, 8 to 15 (RFC 7692 section 7.1.2). */
function windowBits(value: string | undefined): number | undefined {
  return value !== undefined && /^(?:[89]|1[0-5])$/.test(value) ? Number(value) : undefined;
}
