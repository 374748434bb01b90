import { FrameSelection } from '../../../explain/frame-selection.js';
import type { ShownFrame } from '../../../explain/shown-frame.js';
import type { EncodedBytes } from '../../../parallel/encoded-bytes.js';
import type { PartMaker } from '../../../parallel/part-maker.js';
import type { PartWriter } from '../../../parallel/part-writer.js';
import { createExplainer } from '../../commands/frames/explainer.js';
import type { ExplainOptions } from '../../options/explain-options.js';
import type { Io } from '../../terminal/io.js';

/** Explains all frames of some connections, but for the numbers of the frames. */
export async function explainMaker(
  io: Io,
  options: ExplainOptions,
  bytes: EncodedBytes,
  writer: PartWriter,
): Promise<PartMaker> {
  const explainer = await createExplainer(io, options);
  const selection = new FrameSelection({});
  const show = (shown: ShownFrame | undefined): void => {
    if (shown === undefined) return;
    writer.object({ piece: explainer.title(shown) });
    bytes.addText(explainer.rest(shown));
  };
  return { event: (event) => show(selection.event(event)), stepOver: () => show(selection.end()) };
}
