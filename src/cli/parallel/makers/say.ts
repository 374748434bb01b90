import { WsdissectError } from '../../../common/error.js';
import { readIgnoreFiles } from '../../commands/checking/check-texts.js';
import { readSaid } from '../../commands/checking/read-said.js';
import type { Io } from '../../terminal/io.js';
import type { FromWorker, SaidTask } from '../protocol.js';

/** Reads one of the two inputs of `diff`, for another thread. */
export async function sayWhatWasSaid(io: Io, { name, options }: SaidTask): Promise<FromWorker> {
  try {
    return { say: 'said', said: await readSaid(io, name, options, await readIgnoreFiles(io, options.ignore)) };
  } catch (error) {
    if (!(error instanceof WsdissectError)) throw error;
    return { say: 'said', said: undefined, error: { code: error.code, message: error.message } };
  }
}
