import { diagram, hexOf } from '../../../explain/diagram.js';
import type { FieldPaint } from '../../../explain/field-paint.js';
import { bitsOf, frameFields, hexOfField, placeOf, sumOfByte } from '../../../explain/frame-fields.js';
import type { FieldKind } from '../../../explain/header-fields.js';
import { payloadBytes } from '../../../explain/wire-payload.js';
import { h, table } from '../dom.js';
import type { PageFrame } from '../data/frames.js';
import { t } from '../words/words.js';

/** Payload bytes in the diagram: its last row is filled up. */
const DIAGRAM_PAYLOAD = 8;
const KINDS: readonly FieldKind[] = ['fin', 'rsv', 'opcode', 'mask', 'length', 'key', 'payload'];
/** Marks of a coloured piece. The diagram holds no captured text, only names and digits. */
const BEGIN = '\u0001';
const END = '\u0002';
const PAINT = Object.fromEntries(
  KINDS.map((kind, index) => [kind, (text: string) => `${BEGIN}${index}${text}${END}`]),
) as unknown as FieldPaint;

/** The bit diagram of a frame, and each of its fields explained. */
export function frameView({ shown }: PageFrame): HTMLElement {
  const { header, frame } = shown;
  const fields = frameFields(shown);
  const filled = header.length + DIAGRAM_PAYLOAD;
  const payload = payloadBytes(frame, DIAGRAM_PAYLOAD + ((4 - (filled % 4)) % 4)).map((byte) => byte?.wire);
  const hidden =
    typeof frame.payloadLength === 'number'
      ? frame.payloadLength - payload.length
      : frame.payloadLength - BigInt(payload.length);
  const text = diagram([...header, ...payload], fields, hidden, PAINT);
  const rows = fields.map((field) => {
    const isHeader = field.kind !== 'payload';
    const bits = isHeader ? bitsOf(header, field) : '';
    return h(
      'tr',
      {},
      h('th', { scope: 'row', class: `field-${field.kind}` }, field.name),
      h('td', {}, placeOf(field)),
      h('td', { class: 'mono' }, isHeader ? `${grouped(bits)} 0x${hexOfField(header, field)}` : ''),
      h('td', { class: 'mono' }, field.value),
      h('td', {}, `${field.meaning} (${field.rfc})`),
    );
  });
  const sums = ([0, 1] as const).map((index) => h('div', { class: 'mono' }, sumOfByte(header, fields, index)));
  return h(
    'div',
    { class: 'frame' },
    h(
      'pre',
      { class: 'diagram', tabIndex: 0, attributes: { 'aria-label': [...header].map(hexOf).join(' ') } },
      ...painted(text),
    ),
    table(t('frames'), [t('field'), t('place'), t('bits'), t('value'), t('explanation')], rows),
    ...sums,
  );
}

function grouped(bits: string): string {
  return bits.replace(/.{8}(?=.)/g, '$& ');
}

/** The pieces of a diagram, those of fields in their colours. */
function painted(text: string): (HTMLElement | string)[] {
  return text.split(BEGIN).flatMap((part, index) => {
    if (index === 0) return [part];
    const end = part.indexOf(END);
    const kind = KINDS[Number(part[0])]!;
    return [h('span', { class: `field-${kind}` }, part.slice(1, end)), part.slice(end + 1)];
  });
}
