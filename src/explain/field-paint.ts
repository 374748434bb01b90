import type { Style } from '../output/style.js';
import type { FieldKind } from './header-fields.js';

type Paint = Style['label'];

/** The colour of each part of a frame, the same in the bytes, the diagram and the list of fields. */
export type FieldPaint = Readonly<Record<FieldKind, Paint>>;

const asIs: Paint = (text) => text;

/** No colours. */
export const PLAIN_FIELDS: FieldPaint = {
  fin: asIs,
  rsv: asIs,
  opcode: asIs,
  mask: asIs,
  length: asIs,
  key: asIs,
  payload: asIs,
};
