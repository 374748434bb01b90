export { constants, crc32, createInflateRaw, deflateRawSync } from 'node:zlib';
