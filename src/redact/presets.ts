/** What a preset stands for. */
export interface Preset {
  /** Fields of HTTP whose values are replaced whole, in lower case. */
  readonly headers?: readonly string[];
  /** What is replaced wherever it stands in a text. */
  readonly patterns?: readonly RegExp[];
  /** No output has its like by itself, as dates and hex dumps look like the numbers of cards. */
  readonly isDistinct?: true;
  /** What a match is stands by its place: its value is looked for elsewhere, too. */
  readonly isPlace?: true;
  /** Which matches count. */
  readonly isMeant?: (match: string) => boolean;
  /** Addresses or names are mapped, not filled. */
  readonly maps?: 'address' | 'host';
}

/** Words in the names of parameters that carry a secret. */
const SECRET_WORDS =
  'token|key|session|session_?id|sess_?id|sid|secret|password|passwd|pwd|auth|authorization|ticket|jwt|signature|sig|code|apikey|credential|credentials';
/** Those that need nothing before them to be told from other words. */
const LONG_WORDS = 'token|session|session_?id|sess_?id|secret|password|passwd|apikey|signature|credentials?';
/** The same in names such as authKey. */
const CAPITAL_WORDS = 'Key|Sid|Pwd|Auth|Ticket|Jwt|JWT|Sig|Code';
const BEFORE_VALUE = '(?:\\]|%5[Dd])?=)[^&;#\\s"\'<>]+';

/** What rules may name in place of a list of their own. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  authorization: {
    headers: [
      'authorization',
      'proxy-authorization',
      'x-api-key',
      'api-key',
      'apikey',
      'x-auth-token',
      'x-amz-security-token',
    ],
    isPlace: true,
    patterns: [
      // User and password in a URL, and what the scheme Basic makes of them.
      /(?<=\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"'<>]+(?=@)/giu,
      /(?<=\bbasic[ \t]+)[A-Za-z0-9+/]{4,}={0,2}/giu,
    ],
    isMeant: isCredentials,
  },
  cookie: { headers: ['cookie', 'set-cookie', 'cookie2', 'set-cookie2'] },
  bearer: {
    ...{ isDistinct: true, isPlace: true },
    patterns: [
      /(?<=\bbearer[ \t]+)[\w.~+/-]+=*/giu,
      // How Kubernetes has a browser send one.
      /(?<=\bbase64url\.bearer\.authorization\.k8s\.io\.)[\w-]+/gu,
    ],
  },
  jwt: { isDistinct: true, patterns: [/(?<![\w-])eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*){0,3}/gu] },
  // It begins where a run of such characters does: else a long run would be read once from each of them.
  email: {
    isDistinct: true,
    patterns: [/(?<![\p{L}\p{N}.!#$'*+/=_~-])[\p{L}\p{N}.!#$'*+/=_~-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu],
  },
  card: { patterns: [/(?<![\d.])\d(?:[ -]?\d){12,18}(?!\d)/gu], isMeant: isCardNumber },
  query: {
    isPlace: true,
    patterns: [
      new RegExp(`(?<=[?&;#](?:[\\w.~[%-]*[_.[-]|[\\w.~%-]*%5B)?(?:${SECRET_WORDS})${BEFORE_VALUE}`, 'giu'),
      new RegExp(`(?<=[?&;#][\\w.~[%-]*(?:${LONG_WORDS})${BEFORE_VALUE}`, 'giu'),
      new RegExp(`(?<=[?&;#][\\w.~[%-]*(?:${CAPITAL_WORDS})${BEFORE_VALUE}`, 'gu'),
    ],
  },
  address: { maps: 'address' },
  host: { maps: 'host' },
};

/** Whether a text is a user and a password, as it is or in base64. */
function isCredentials(match: string): boolean {
  return match.includes(':') || Buffer.from(match, 'base64').includes(':');
}

/** Whether digits have the check digit of a card number (ISO/IEC 7812-1, Luhn). */
function isCardNumber(match: string): boolean {
  const digits = match.replace(/\D/g, '');
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length >= 13 && sum % 10 === 0 && /[^0]/.test(digits);
}
