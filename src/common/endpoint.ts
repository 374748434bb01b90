/**
 * An address and port as one string: `127.0.0.1:8008`, `[2001:db8::1]:8008` (RFC 5952).
 *
 * @param address - 4 bytes of IPv4 or 16 of IPv6
 */
export function formatEndpoint(address: Uint8Array, port: number): string {
  return address.length === 4 ? `${address.join('.')}:${port}` : `[${formatIpv6(address)}]:${port}`;
}

function formatIpv6(address: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((address[i]! << 8) | address[i + 1]!);
  // RFC 5952 4.2: the longest run of two or more zero groups becomes "::", the first of equals.
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > length) {
      start = i;
      length = run;
    }
    i += run;
  }
  const hex = groups.map((group) => group.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
