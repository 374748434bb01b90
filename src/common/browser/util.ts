/** What the parser of pcap files uses of Node's util: the prototype of a class of the old kind. */
export function inherits(child: { prototype: object }, parent: { prototype: object }): void {
  Object.setPrototypeOf(child.prototype, parent.prototype);
}

/** Its error messages are seen by nobody: what it is given is known to be right. */
export function format(...parts: readonly unknown[]): string {
  return parts.join(' ');
}
