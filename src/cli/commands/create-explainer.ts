import type { CutFrame, ShownFrame } from '../../explain/shown-frame.js';
import { chooseStyle, isColored } from '../terminal/color.js';
import type { ExplainOptions } from '../options/explain-options.js';
import type { Io } from '../terminal/io.js';

/** Explains a frame: what is printed of it. */
export type Explainer = (shown: ShownFrame | CutFrame) => string;

/** The explainer that the options ask for. Only its own code is loaded. */
export async function createExplainer(io: Io, options: ExplainOptions): Promise<Explainer> {
  const { bytes, maxPayload } = options;
  if (options.json) {
    const { explanationJson } = await import('../../explain/json-explanation.js');
    return (shown) => explanationJson(shown, bytes);
  }
  const { explanationText } = await import('../../explain/text-explanation.js');
  const style = await chooseStyle(options.color, io);
  const fields = isColored(options.color, io)
    ? (await import('../../explain/field-colors.js')).fieldColors()
    : (await import('../../explain/field-paint.js')).PLAIN_FIELDS;
  const textOptions = { style, fields, bytes, maxPayload };
  let count = 0;
  return (shown) => `${count++ > 0 ? '\n' : ''}${explanationText(shown, textOptions)}`;
}
