// sizes.mjs: bytes that each direction saved by compression
import { createInterface } from 'node:readline';

const saved = {};
for await (const line of createInterface({ input: process.stdin })) {
  const { compressed, direction, wireLength, length } = JSON.parse(line);
  if (compressed) saved[direction] = (saved[direction] ?? 0) + length - wireLength;
}
console.log(saved);
