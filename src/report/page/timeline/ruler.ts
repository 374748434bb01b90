import type { Painter } from './draw-lane.js';
import { ticksOf, type View } from './lanes.js';

/** Pixels of the ruler above the lanes. */
export const RULER = 26;

/**
 * Draws the ruler and its lines through the lanes.
 *
 * @param brush - the time range that is selected
 * @param isTimed - whether places are times; the numbers of messages where there are none
 */
export function drawRuler(painter: Painter, height: number, brush: View | undefined, isTimed: boolean): void {
  const { context, colors, left, width, view } = painter;
  context.fillStyle = colors.get('panel')!;
  context.fillRect(0, 0, left + width, RULER);
  const scale = width / (view.to - view.from);
  if (brush !== undefined) {
    context.fillStyle = colors.get('brush')!;
    const x = left + Math.max(0, (brush.from - view.from) * scale);
    context.fillRect(x, 0, Math.min(left + width, left + (brush.to - view.from) * scale) - x, height);
  }
  context.font = '11px system-ui, sans-serif';
  context.fillStyle = colors.get('muted')!;
  context.strokeStyle = colors.get('line')!;
  const { places, step } = ticksOf(view, width, isTimed ? 0 : 1);
  for (const place of places) {
    const x = left + (place - view.from) * scale;
    context.beginPath();
    context.moveTo(x + 0.5, RULER - 6);
    context.lineTo(x + 0.5, height);
    context.globalAlpha = 0.35;
    context.stroke();
    context.globalAlpha = 1;
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    context.fillText(isTimed ? `${place.toFixed(digits)} s` : `#${Math.round(place)}`, x + 3, RULER - 10);
  }
}
