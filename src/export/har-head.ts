import type { Handshake, HttpHead } from '../http/handshake.js';
import { fieldValues } from '../http/messages/head.js';
import { validUrl } from './url.js';

/** A name and a value, as HAR has them in many places. */
interface Pair {
  readonly name: string;
  readonly value: string;
}

/** What a HAR entry says of a request (HAR 1.2, `request`). */
export interface HarRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly cookies: readonly Pair[];
  readonly headers: readonly Pair[];
  readonly queryString: readonly Pair[];
  readonly headersSize: number;
  readonly bodySize: number;
  readonly comment?: string;
}

/** What a HAR entry says of a response (HAR 1.2, `response`). */
export interface HarResponse {
  readonly status: number;
  readonly statusText: string;
  readonly httpVersion: string;
  readonly cookies: readonly Pair[];
  readonly headers: readonly Pair[];
  readonly content: { readonly size: number; readonly mimeType: string };
  readonly redirectURL: string;
  readonly headersSize: number;
  readonly bodySize: number;
  readonly comment?: string;
}

/** HAR's word for a size that is not known. */
const UNKNOWN_SIZE = -1;
/** How browsers call it (RFC 7301, ALPN). */
const HTTP_2 = 'h2';
/** A host that no network has (RFC 2606 section 2), where nothing tells the real one. */
const NO_HOST = 'unknown.invalid';

/** @param server - `address:port` of the server, which is all of a URL that is known without a request */
export function harRequest(
  { request, url }: Handshake,
  server: string | undefined,
  scheme: string,
  isHttp2: boolean,
): HarRequest {
  const sizes = { headersSize: UNKNOWN_SIZE, bodySize: 0 };
  if (request === undefined) {
    return {
      method: isHttp2 ? 'CONNECT' : 'GET',
      url: `${scheme}://${server ?? NO_HOST}/`,
      httpVersion: isHttp2 ? HTTP_2 : 'unknown',
      cookies: [],
      headers: [],
      queryString: [],
      ...sizes,
      comment: 'the request was not captured: host, path and headers are not known',
    };
  }
  const [method = '', , httpVersion = ''] = isHttp2 ? ['CONNECT', '', HTTP_2] : request.startLine.split(' ');
  const captured = webSocketUrl(url ?? `${scheme}://${server ?? NO_HOST}/`);
  const address = validUrl(captured);
  return {
    method,
    url: address,
    httpVersion,
    cookies: fieldValues(request, 'cookie').flatMap((value) => value.split(';').map(pairOf)),
    headers: headersOf(request),
    queryString: queryOf(address),
    ...sizes,
    ...(address === captured
      ? {}
      : { comment: 'characters that a URL must not hold were sent as they are; here they are percent-encoded' }),
  };
}

/** The response, or one with status 0, as browsers write it, where none was captured. */
export function harResponse({ response, httpStatus }: Handshake, isHttp2: boolean): HarResponse {
  if (response === undefined) {
    return {
      status: 0,
      statusText: '',
      httpVersion: isHttp2 ? HTTP_2 : 'unknown',
      cookies: [],
      headers: [],
      content: { size: 0, mimeType: 'x-unknown' },
      redirectURL: '',
      headersSize: UNKNOWN_SIZE,
      bodySize: UNKNOWN_SIZE,
      comment: 'the response was not captured',
    };
  }
  const [httpVersion = '', , ...words] = isHttp2 ? [HTTP_2] : response.startLine.split(' ');
  return {
    status: httpStatus ?? 0,
    statusText: words.join(' '),
    httpVersion,
    cookies: fieldValues(response, 'set-cookie').map((value) => pairOf(value.split(';')[0]!)),
    headers: headersOf(response),
    content: { size: 0, mimeType: fieldValues(response, 'content-type')[0] ?? 'x-unknown' },
    redirectURL: fieldValues(response, 'location')[0] ?? '',
    headersSize: UNKNOWN_SIZE,
    bodySize: httpStatus === 101 || isHttp2 ? 0 : UNKNOWN_SIZE,
  };
}

/** A request through a proxy names its target with `http`, and means WebSocket all the same. */
function webSocketUrl(url: string): string {
  return url.replace(/^http(s?):/i, 'ws$1:');
}

function headersOf({ fields }: HttpHead): Pair[] {
  return fields.map(([name, value]) => ({ name, value }));
}

function queryOf(url: string): Pair[] {
  const query = url.replace(/#.*$/, '').split('?').slice(1).join('?');
  return query === '' ? [] : query.split('&').map(pairOf);
}

function pairOf(text: string): Pair {
  const equals = text.indexOf('=');
  if (equals < 0) return { name: text.trim(), value: '' };
  return { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() };
}
