import type { Direction } from '../common/finding.js';

/** Colours one piece of text, which is safe to print already. */
export type Paint = (text: string) => string;

/** How text output looks: what it may be coloured with, and which arrow it draws. */
export interface Style {
  /** Between the sender and the receiver. */
  readonly arrow: string;
  readonly heading: Paint;
  readonly label: Paint;
  /** What wsdissect itself says in a place where captured bytes stand otherwise. */
  readonly remark: Paint;
  readonly warning: Paint;
  readonly error: Paint;
  /** What stands for a character that may not be printed; where this is not there, text is marked as a whole. */
  readonly escaped?: Paint;
  /** What `--match` has found. */
  readonly match?: Paint;
  readonly direction: Readonly<Record<Direction, Paint>>;
}

const asIs: Paint = (text) => text;

/** No colours. */
export function plainStyle(arrow: string): Style {
  return {
    arrow,
    heading: asIs,
    label: asIs,
    remark: asIs,
    warning: asIs,
    error: asIs,
    direction: { 'client-to-server': asIs, 'server-to-client': asIs },
  };
}
