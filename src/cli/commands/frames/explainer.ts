import type { FrameTitle } from '../../../explain/text-explanation.js';
import { isWhole, type CutFrame, type ShownFrame } from '../../../explain/shown-frame.js';
import type { ExplainOptions } from '../../options/explain-options.js';
import { chooseStyle, isColored } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';

/** Explains frames, one after the other. The number of one is known only where those of all connections come together. */
export interface Explainer {
  /** What is to be known of a frame to begin its explanation: plain data. */
  title(shown: ShownFrame): FrameTitle | undefined;
  /** The beginning of an explanation, up to what does not depend on other frames. */
  begin(number: number, title: FrameTitle | undefined): string;
  /** The rest of it. */
  rest(shown: ShownFrame): string;
  /** What there is of a frame whose header is incomplete. */
  cut(cut: CutFrame): string;
}

/** All that is printed of a frame. */
export function explained(explainer: Explainer, shown: ShownFrame | CutFrame): string {
  if (!isWhole(shown)) return explainer.cut(shown);
  return explainer.begin(shown.number, explainer.title(shown)) + explainer.rest(shown);
}

/** The explainer that the options ask for. Only its own code is loaded. @param isFirst - nothing stands before its first frame */
export async function createExplainer(io: Io, options: ExplainOptions, isFirst = true): Promise<Explainer> {
  const { bytes, maxPayload } = options;
  if (options.json) {
    const { explanationJson } = await import('../../../explain/json-explanation.js');
    const begin = (number: number): string => `{"type":"explanation","number":${number}`;
    const { length } = begin(0);
    return {
      title: () => undefined,
      begin,
      rest: (shown) => explanationJson({ ...shown, number: 0 }, bytes).slice(length),
      cut: (cut) => explanationJson(cut, bytes),
    };
  }
  const text = await import('../../../explain/text-explanation.js');
  const style = await chooseStyle(options.color, io);
  const fields = isColored(options.color, io)
    ? (await import('../../../explain/field-colors.js')).fieldColors()
    : (await import('../../../explain/field-paint.js')).PLAIN_FIELDS;
  const textOptions = { style, fields, bytes, maxPayload };
  let isBegun = !isFirst;
  const between = (): string => {
    const line = isBegun ? '\n' : '';
    isBegun = true;
    return line;
  };
  return {
    title: (shown) => text.frameTitle(shown),
    begin: (number, title) => between() + text.firstLine(number, title!, textOptions),
    rest: (shown) => text.afterFirstLine(shown, textOptions),
    cut: (cut) => between() + text.explanationText(cut, textOptions),
  };
}
