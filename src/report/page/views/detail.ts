import { sanitize } from '../../../output/sanitize.js';
import type { Found } from '../../lines.js';
import type { App } from '../app.js';
import { copyButton } from './copy-button.js';
import { button, h, table, type Child } from '../dom.js';
import { encodeCommand } from '../encode-command.js';
import { frameView } from './frame-view.js';
import { bytesOf, framesOf, type PageFrame } from '../data/frames.js';
import { hexView } from './hex-view.js';
import { memberOf, readJson, type JsonNode } from '../data/json-source.js';
import { jsonTree } from './json-tree.js';
import type { Call, Row } from '../data/model.js';
import { kindOf, nameOf, shownSize } from './row-text.js';
import { sentBytes } from '../data/sent-bytes.js';
import { duration, t } from '../words/words.js';

/** Frames whose explanation is open at first. */
const OPEN_FRAMES = 1;

/** Everything that the page knows of one message. */
export function detailOf(app: App, row: Row): HTMLElement[] {
  const frames = framesOf(row);
  const { record } = row;
  return [
    heading(app, row),
    facts(row),
    ...calls(app, row),
    ...findings(row),
    h('div', { class: 'buttons' }, ...copyButtons(row, frames)),
    ...section(t('meaning'), meaning(row)),
    ...section(t('text'), record.text === undefined ? [] : [textView(record.text)]),
    ...section(t('hex'), hexViews(row, frames)),
    ...section(t('frames'), frameViews(row, frames)),
  ];
}

function heading(app: App, row: Row): HTMLElement {
  return h(
    'div',
    { class: 'detail-head' },
    h('h2', { id: 'detail-title', tabIndex: -1 }, t('detail', row.number)),
    button(t('close'), () => app.select(row, false), { 'aria-keyshortcuts': 'Escape' }),
  );
}

function facts(row: Row): HTMLElement {
  const { record, connection } = row;
  const words = [
    `${t('connection')} ${connection.name}`,
    t(row.isFromClient ? 'clientToServer' : 'serverToClient'),
    record.packet === undefined ? '' : t('packet', record.packet),
    record.time ?? '',
    [kindOf(row), nameOf(row)].filter((word) => word !== '').join(' '),
    t('bytes', shownSize(row)),
    record.frames === undefined ? '' : t('frameCount', record.frames),
    ...(record.status === 'ok' ? [] : [`${t('status')}: ${record.status}`]),
    ...(record.missing === undefined ? [] : [t('missingBytes', Number(record.missing))]),
    ...(record.closeCode === undefined ? [] : [`${record.closeCode} ${record.closeReason ?? ''}`]),
  ];
  return h('ul', { class: 'facts' }, ...words.filter((word) => word !== '').map((word) => h('li', {}, sanitize(word))));
}

function calls(app: App, row: Row): HTMLElement[] {
  const link = (text: string, to: Row | undefined): HTMLElement =>
    h('p', {}, to === undefined ? text : button(text, () => app.select(to)));
  const { call, answered } = row;
  return [
    ...(call === undefined ? [] : [link(callText(call), call.reply)]),
    ...(answered === undefined
      ? []
      : [link(t('answerTo', answered.row?.number ?? '?', duration(answered.record.seconds)), answered.row)]),
  ];
}

function callText({ reply, record }: Call): string {
  return reply === undefined
    ? t('callUnanswered', record.outcome)
    : t('callOf', reply.number, duration(record.seconds));
}

function findings({ record, detail }: Row): HTMLElement[] {
  const ofFrames = detail.f.flatMap((frame) => (typeof frame === 'string' ? [] : (frame.x ?? [])));
  const all: readonly Found[] = [...(record.findings ?? []), ...ofFrames];
  if (all.length === 0) return [];
  const rows = all.map(({ severity, code, rfc, message }) =>
    h(
      'tr',
      { class: severity },
      h('td', {}, t(severity)),
      h('td', { class: 'mono' }, code),
      h('td', {}, rfc ?? ''),
      h('td', {}, sanitize(message)),
    ),
  );
  return section(t('findings'), [table(t('findings'), [t('severity'), t('rule'), t('section'), t('finding')], rows)]);
}

function section(title: string, content: readonly Child[]): HTMLElement[] {
  return content.length === 0 ? [] : [h('section', {}, h('h3', {}, title), content)];
}

function copyButtons(row: Row, frames: readonly PageFrame[]): HTMLElement[] {
  const commands = frames.map(encodeCommand);
  const isWhole = row.detail.more === undefined && commands.every((command) => command !== undefined);
  const isUncut = row.detail.cut === undefined && row.detail.noMeaning === undefined;
  return [
    copyButton(t('copyEncode'), isWhole && commands.length > 0 ? `${commands.join('\n')}\n` : undefined),
    copyButton(t('copyJson'), isUncut ? `${row.line}\n` : undefined),
  ];
}

function meaning(row: Row): Child[] {
  const { decoded } = row.record;
  if (row.detail.noMeaning === true) return [h('p', {}, t('noMeaning'))];
  if (decoded === undefined) return [];
  const source = memberOf(readJson(row.line), 'decoded');
  const items = memberOf(source, 'items');
  const nodes = items?.kind === 'array' ? items.items : source === undefined ? [] : [source];
  return [
    h('p', {}, `${decoded.protocol} (${decoded.by})`),
    ...nodes.map((node) => h('div', { class: 'meaning' }, ...meaningOf(node))),
  ];
}

function meaningOf(node: JsonNode): HTMLElement[] {
  const words = ['kind', 'name', 'id', 'channel', 'raw'].flatMap((name) => {
    const value = memberOf(node, name);
    return value === undefined || !('text' in value) ? [] : [h('li', {}, h('b', {}, name), ' ', sanitize(value.text))];
  });
  const value = memberOf(node, 'value');
  return [h('ul', { class: 'facts' }, ...words), ...(value === undefined ? [] : [jsonTree(value)])];
}

/** Text as it came, line by line; what cannot be seen, or would turn or move others, is escaped. */
function textView(text: string): HTMLElement {
  const lines = text.split('\n').map((line) => line.split('\t').map(sanitize).join('\t'));
  return h('pre', { class: 'text', tabIndex: 0 }, lines.join('\n'));
}

function hexViews(row: Row, frames: readonly PageFrame[]): Child[] {
  const bytes = bytesOf(row);
  const views: Child[] = [];
  const place = h('div', {});
  const isMasked = frames.some(({ shown, payload }) => shown.frame.mask && payload !== undefined);
  const show = (asSent: boolean): void => {
    place.replaceChildren(...(asSent ? sentViews(frames) : bytes === undefined ? [] : [hexView(bytes)]));
  };
  if (isMasked || row.record.compressed) {
    const choice = (label: string, asSent: boolean): HTMLElement =>
      h(
        'label',
        {},
        h('input', { type: 'radio', name: 'mask', checked: !asSent, on: { change: () => show(asSent) } }),
        ` ${label}`,
      );
    views.push(
      h(
        'div',
        { class: 'choices', role: 'radiogroup', attributes: { 'aria-label': t('hex') } },
        choice(t('unmasked'), false),
        choice(t('asSent'), true),
      ),
    );
  }
  show(false);
  views.push(place);
  const { cut } = row.detail;
  if (cut !== undefined) views.push(h('p', { class: 'remark' }, t('cutHere', cut, shownSize(row))));
  for (const { offset, length } of row.record.gaps ?? []) {
    views.push(h('p', { class: 'remark' }, `${offset}: ${t('missingBytes', length)}`));
  }
  if (bytes?.length === 0 && cut === undefined) views.push(h('p', { class: 'remark' }, t('noPayload')));
  return bytes === undefined && !isMasked && frames.every(({ payload }) => payload === undefined) ? [] : views;
}

/** The frames as they were on the wire: header, then payload under its mask. */
function sentViews(frames: readonly PageFrame[]): HTMLElement[] {
  return frames.map((frame) => {
    const bytes = sentBytes(frame);
    return bytes === undefined ? h('p', { class: 'remark' }, t('notKept')) : hexView(bytes);
  });
}

function frameViews(row: Row, frames: readonly PageFrame[]): Child[] {
  const { more } = row.detail;
  const views: Child[] = frames.map((frame, index) => {
    const body = h('div', {});
    const details = h(
      'details',
      { open: index < OPEN_FRAMES },
      h('summary', {}, t('frame', index + 1, frames.length + (more ?? 0))),
      body,
    );
    const fill = (): void => {
      if (body.firstChild === null && details.open) body.append(frameView(frame));
    };
    fill();
    details.addEventListener('toggle', fill);
    return details;
  });
  return more === undefined ? views : [...views, h('p', { class: 'remark' }, t('moreFrames', more))];
}
