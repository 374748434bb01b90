import { FILLER } from './span.js';

/** The ranges of RFC 5737, of which the addresses 1 to 254 of each are used. */
const DOCUMENTATION = ['192.0.2.', '198.51.100.', '203.0.113.'];
const HOSTS = 254;
/** Where there are more addresses than that: the range for benchmarks (RFC 2544). */
const BENCHMARK = 198 * 2 ** 24 + 18 * 2 ** 16;
const MOST_BENCHMARK = 2 ** 17 - 2;
/** RFC 3849. */
const DOCUMENTATION_6 = '2001:db8::';
/** Addresses that are told apart; all others become one. */
const MOST = DOCUMENTATION.length * HOSTS + MOST_BENCHMARK;

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = new RegExp(`(?<![\\w.])(?:${OCTET}\\.){3}${OCTET}(?!\\w|\\.\\d)`, 'gu');
const IPV6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])/giu;

/** Hardware addresses, as they are written. */
const MAC =
  /(?<![\w:.-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:-]|\.\w)/giu;
/** RFC 7042 section 2.1.2. */
const DOCUMENTATION_MAC = '00005e0053';
const MACS = 256;
/** Where there are more than that: addresses that are given out locally. */
const LOCAL_MAC = 2 * 2 ** 40;

/** Gives each address of a capture one of the ranges for documentation, and always the same. */
export class AddressMap {
  readonly #ipv4 = new Map<string, string>();
  readonly #ipv6 = new Map<string, string>();
  /** By their digits. */
  readonly #macs = new Map<string, string>();
  /** Addresses for documentation that stand in the capture: they stay, and are given to no other. */
  readonly #kept = new Set<string>();
  #next4 = 0;
  #next6 = 0;
  #nextMac = 0;

  /** How many addresses were replaced. */
  get size(): number {
    return this.#ipv4.size + this.#ipv6.size + this.#macs.size;
  }

  /** Addresses in a text, by their places. */
  *find(text: string): Generator<{ readonly start: number; readonly end: number }> {
    for (const pattern of [IPV4, IPV6, MAC]) {
      for (const match of text.matchAll(pattern)) {
        const [found] = match;
        if (pattern === IPV6 && !isIpv6(found)) continue;
        yield { start: match.index, end: match.index + found.length };
      }
    }
  }

  /** Whether an address that was replaced stands in a text. */
  stillIn(text: string): boolean {
    return [...this.find(text)].some(({ start, end }) => {
      const address = text.slice(start, end).toLowerCase();
      if (isMac(address)) return (this.#macs.get(digitsOf(address)) ?? digitsOf(address)) !== digitsOf(address);
      return (this.#ipv4.get(address) ?? this.#ipv6.get(address) ?? address) !== address;
    });
  }

  /** What an address becomes: written as short as it can be. */
  map(address: string): string {
    if (isMac(address)) return this.#mapMac(address);
    return address.includes(':') ? this.#map6(address.toLowerCase()) : this.#map4(address);
  }

  /** The same in as many characters as it had, as far as they can hold it. */
  mapInPlace(address: string): string {
    const mapped = this.map(address);
    const missing = address.length - mapped.length;
    if (missing === 0) return mapped;
    if (missing < 0) return address.replace(/[0-9a-f]/giu, FILLER);
    return address.includes(':') ? padded6(mapped, missing) : padded4(mapped, missing);
  }

  /** `address:port` or `[address]:port` with another address. */
  mapEndpoint(endpoint: string): string {
    const [, ipv6, ipv4, port] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(endpoint) ?? [];
    if (ipv6 !== undefined) return `[${this.map(ipv6)}]:${port}`;
    return ipv4 === undefined ? endpoint : `${this.map(ipv4)}:${port}`;
  }

  #map4(address: string): string {
    if (DOCUMENTATION.some((range) => address.startsWith(range))) {
      this.#kept.add(address);
      return address;
    }
    let mapped = this.#ipv4.get(address);
    if (mapped === undefined) {
      do mapped = ipv4Of(Math.min(this.#next4++, MOST - 1));
      while (this.#kept.has(mapped) && this.#next4 < MOST);
      this.#ipv4.set(address, mapped);
    }
    return mapped;
  }

  /** In the form in which it is written. */
  #mapMac(address: string): string {
    const digits = digitsOf(address.toLowerCase());
    let mapped = this.#macs.get(digits);
    if (mapped === undefined) {
      if (digits.startsWith(DOCUMENTATION_MAC)) {
        this.#kept.add(digits);
        return address;
      }
      do mapped = macOf(this.#nextMac++);
      while (this.#kept.has(mapped));
      this.#macs.set(digits, mapped);
    }
    let next = 0;
    return address.replace(/[0-9a-f]/giu, () => mapped.charAt(next++));
  }

  #map6(address: string): string {
    if (/^2001:0?db8:/u.test(address)) {
      this.#kept.add(address);
      return address;
    }
    let mapped = this.#ipv6.get(address);
    if (mapped === undefined) {
      do mapped = ipv6Of(++this.#next6);
      while (this.#kept.has(mapped));
      this.#ipv6.set(address, mapped);
    }
    return mapped;
  }
}

function isMac(address: string): boolean {
  return /^(?:(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})$/iu.test(address);
}

function digitsOf(address: string): string {
  return address.replace(/[:.-]/gu, '');
}

function macOf(number: number): string {
  const digits = number < MACS ? DOCUMENTATION_MAC + number.toString(16).padStart(2, '0') : undefined;
  return digits ?? (LOCAL_MAC + number).toString(16).padStart(12, '0');
}

function ipv4Of(number: number): string {
  const range = DOCUMENTATION[Math.floor(number / HOSTS)];
  if (range !== undefined) return `${range}${(number % HOSTS) + 1}`;
  const address = BENCHMARK + number - DOCUMENTATION.length * HOSTS + 1;
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}

function ipv6Of(number: number): string {
  const high = Math.floor(number / 2 ** 16);
  return `${DOCUMENTATION_6}${high === 0 ? '' : `${high.toString(16)}:`}${(number % 2 ** 16).toString(16)}`;
}

/** Zeros before the numbers, as many as are missing. */
function padded4(mapped: string, missing: number): string {
  let left = missing;
  return mapped
    .split('.')
    .toReversed()
    .map((octet) => {
      const wide = octet.padStart(Math.min(3, octet.length + left), '0');
      left -= wide.length - octet.length;
      return wide;
    })
    .toReversed()
    .join('.');
}

function padded6(mapped: string, missing: number): string {
  const last = mapped.slice(mapped.lastIndexOf(':') + 1);
  const zeros = Math.min(missing, 4 - last.length);
  let result = `${mapped.slice(0, mapped.length - last.length)}${'0'.repeat(zeros)}${last}`;
  // Groups of zeros take the place of the two colons, one by one.
  for (let left = missing - zeros; left > 0;) {
    if (left === 1) return result.replace('2001:db8', '2001:0db8');
    const group = left % 2 === 0 ? '0:' : '00:';
    result = result.replace('::', `::${group}`);
    left -= group.length;
  }
  return result;
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || text === '::') return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (groups.includes('')) return false;
  const length = groups.length + (groups.at(-1)?.includes('.') === true ? 1 : 0);
  return halves.length === 2 ? length < 8 && text.length > 4 : length === 8;
}
