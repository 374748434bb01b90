import type { DissectOptions } from '../../dissect.js';
import type { ReadingOptions } from './options.js';

/** What the options of a command say about how to read a capture. */
export function captureOptions(options: ReadingOptions, keyLog: DissectOptions['keyLog']): DissectOptions {
  const { stream, port, extensions, maxMessage } = options;
  return {
    limits: { message: maxMessage },
    ...(stream === undefined ? {} : { stream }),
    ...(port === undefined ? {} : { ports: port }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(keyLog === undefined ? {} : { keyLog }),
  };
}
