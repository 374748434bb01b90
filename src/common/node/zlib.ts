import * as zlib from 'node:zlib';

export { constants, crc32, createInflateRaw, deflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';

/** A stream that decompresses. */
export type Decompressing = zlib.Gunzip;

/** What Node has for Zstandard from 22.15 on. */
export interface ZstdOfNode {
  readonly createZstdDecompress?: (options: object) => Decompressing;
  readonly constants: { readonly ZSTD_d_windowLogMax?: number };
}

/** `node:zlib`, which has a decoder of Zstandard or not. */
export const zstdOfNode = zlib as ZstdOfNode;
