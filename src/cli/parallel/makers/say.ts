import { WsdissectError } from '../../../common/error.js';
import { readIgnoreFiles } from '../../commands/checking/check-texts.js';
import { readSaid } from '../../commands/checking/read-said.js';
import type { Io } from '../../terminal/io.js';
import type { FromWorker, SaidTask } from '../protocol.js';

/** Reads one of the two inputs of `diff`, for another thread. */
export async function sayWhatWasSaid(io: Io, { name, options, descriptor }: SaidTask): Promise<FromWorker> {
  try {
    const ignore = await readIgnoreFiles(io, options.ignore);
    const { said, exitCode } = await readSaid(io, name, options, ignore, descriptor);
    return { say: 'said', said: said?.forThread(), exitCode };
  } catch (error) {
    if (!(error instanceof WsdissectError)) throw error;
    return { say: 'failed', error: { code: error.code, message: error.message } };
  }
}
