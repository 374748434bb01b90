import { framesInBytes, type BytesOptions } from '../../src/explain/frames-in-bytes.js';
import { PLAIN_FIELDS } from '../../src/explain/field-paint.js';
import { explanationText, type ExplanationOptions } from '../../src/explain/text-explanation.js';
import { explanationJson } from '../../src/explain/json-explanation.js';
import { plainStyle } from '../../src/output/style.js';

const OPTIONS: ExplanationOptions = { style: plainStyle('->'), fields: PLAIN_FIELDS, bytes: 8, maxPayload: 4096 };

/** The explanation of bytes, given in hex, as text. */
export function explained(hex: string, options: Partial<ExplanationOptions> & BytesOptions = {}): string {
  const shown = [...framesInBytes(Buffer.from(hex.replace(/ /g, ''), 'hex'), options)];
  return shown.map((frame) => explanationText(frame, { ...OPTIONS, ...options })).join('\n');
}

/** The same as JSON. */
export function explainedJson(hex: string, options: BytesOptions = {}): Record<string, unknown>[] {
  const shown = [...framesInBytes(Buffer.from(hex.replace(/ /g, ''), 'hex'), options)];
  return shown.map((frame) => JSON.parse(explanationJson(frame, 8)) as Record<string, unknown>);
}
