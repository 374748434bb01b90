import { sanitize } from '../../../output/sanitize.js';
import type { CallSummary, SideSummary, SummaryLine } from '../../lines.js';
import { h } from '../dom.js';
import type { Input, Model } from './model.js';
import { duration, t } from '../words/words.js';

/** Inputs of which each is told by itself. */
const MOST_INPUTS = 50;

/** What is in the captures, in numbers. */
export function summaryView(model: Model): HTMLElement {
  const list = h('dl', { class: 'summary' });
  const add = (title: string, ...lines: readonly string[]): void => {
    list.append(
      h(
        'div',
        {},
        h('dt', {}, title),
        ...lines.filter((line) => line !== '').map((line) => h('dd', {}, sanitize(line))),
      ),
    );
  };
  const { summary, inputs, begin } = model;
  const chosen = begin?.chosen ?? [];
  add(
    t(inputs.length === 1 ? 'file' : 'files'),
    ...inputs.slice(0, MOST_INPUTS).map(inputText),
    rest(inputs.length - MOST_INPUTS),
  );
  const spans = inputs.slice(0, MOST_INPUTS).map(({ end }) => spanText(end?.first, end?.last));
  add(t('span'), ...(spans.every((span) => span === '') ? [t('none')] : spans));
  if (summary !== undefined) addCounts(add, summary);
  if (chosen.length > 0) add(t('chosen'), ...chosen);
  const unread = inputs.flatMap(({ end }) => end?.notLookedInto ?? []);
  add(
    t('notLookedInto'),
    ...(unread.length === 0
      ? [t('nothing')]
      : unread.slice(0, MOST_INPUTS).map(({ what, packets }) => t('notLookedIntoPackets', packets, what))),
    rest(unread.length - MOST_INPUTS),
  );
  if (summary !== undefined) add(t('leftOut'), ...leftOutTexts(model, summary));
  return h(
    'section',
    { id: 'summary', attributes: { 'aria-labelledby': 'summary-title' } },
    h('h2', { id: 'summary-title' }, t('summary')),
    list,
    ...problems(model),
  );
}

type Add = (title: string, ...lines: readonly string[]) => void;

function addCounts(add: Add, summary: SummaryLine): void {
  const { connections, refused, client, server, calls, pings, findings, lost } = summary;
  add(t('connections'), connections.toLocaleString(), refused > 0 ? t('refused', refused) : '');
  add(
    t('messages'),
    (client.messages + server.messages).toLocaleString(),
    sideText('clientToServer', client),
    sideText('serverToClient', server),
  );
  const compressed = [ratioText('clientToServer', client), ratioText('serverToClient', server)].filter(
    (text) => text !== '',
  );
  add(t('compression'), ...(compressed.length === 0 ? [t('noCompression')] : compressed));
  add(t('calls'), ...callTexts(calls));
  add(t('pings'), ...callTexts(pings));
  const { error, warning, note } = findings;
  add(
    t('findings'),
    ...(error + warning + note === 0 ? [t('none')] : [t('errors', error), t('warnings', warning), t('notes', note)]),
  );
  const holes = lost.gaps - lost.unknownGaps;
  const losses = [
    holes > 0 ? t('lostBytes', lost.bytes, holes) : '',
    lost.unknownGaps > 0 ? t('lostUnknown', lost.unknownGaps) : '',
    ...Object.entries(lost.messages).map(([status, count]) => t('lostMessages', count, status)),
  ].filter((text) => text !== '');
  add(t('lost'), ...(losses.length === 0 ? [t('nothingLost')] : losses));
}

function inputText({ name, end }: Input): string {
  if (end?.packets === undefined) return name;
  return `${name}: ${end.packets.toLocaleString()} ${t(end.isLines === true ? 'lines' : 'packets')}`;
}

function rest(count: number): string {
  return count > 0 ? t('more', count) : '';
}

function spanText(first: string | undefined, last: string | undefined): string {
  if (first === undefined || last === undefined) return '';
  const seconds = (Date.parse(last) - Date.parse(first)) / 1000;
  return `${first} – ${last}${seconds > 0 ? ` (${duration(seconds)})` : ''}`;
}

function sideText(way: 'clientToServer' | 'serverToClient', { messages, bytes }: SideSummary): string {
  return `${t(way)}: ${messages.toLocaleString()}, ${t('bytes', bytes)}`;
}

function ratioText(way: 'clientToServer' | 'serverToClient', { compressedBytes, inflatedBytes }: SideSummary): string {
  if (compressedBytes === 0) return '';
  const ratio = (inflatedBytes / compressedBytes).toFixed(2);
  return `${t(way)}: ${t('ratio', ratio, '1', inflatedBytes, compressedBytes)}`;
}

function callTexts({ total, error, unanswered, unknown, p50, p95, of }: CallSummary): string[] {
  if (total === 0) return [t('none')];
  const times =
    p50 === undefined
      ? ''
      : `p50 ${duration(p50)}, p95 ${duration(p95)}${of === undefined ? '' : `, ${t('ofFirst', of)}`}`;
  const odd = [
    error > 0 ? t('failedCalls', error) : '',
    unanswered > 0 ? t('unanswered', unanswered) : '',
    unknown > 0 ? t('unknownCalls', unknown) : '',
  ].filter((text) => text !== '');
  return [total.toLocaleString(), times, ...odd];
}

function leftOutTexts({ begin }: Model, { leftOut }: SummaryLine): string[] {
  const { messages, cut, connections, calls, gaps, findings, notChosen = 0 } = leftOut;
  const texts = [
    notChosen > 0 ? t('leftOutNotChosen', notChosen) : '',
    messages > 0 ? t('leftOutMessages', messages, begin?.maxMessages ?? 0) : '',
    cut > 0 ? t('leftOutCut', cut, begin?.maxPayload ?? 0) : '',
    connections > 0 ? t('leftOutConnections', connections) : '',
    calls > 0 ? t('leftOutCalls', calls) : '',
    gaps > 0 ? t('leftOutGaps', gaps) : '',
    findings > 0 ? t('leftOutFindings', findings) : '',
  ].filter((text) => text !== '');
  return texts.length === 0 ? [t('nothing')] : texts;
}

/** What a reader must know before anything else: nothing was found, an input was not read, the page is cut. */
function problems({ inputs, summary, connections, rows, begin }: Model): HTMLElement[] {
  const texts: string[] = [];
  if (summary === undefined) texts.push(t('damaged'));
  for (const input of inputs) {
    const { name, end } = input;
    // Of what is no capture nothing was read.
    const isBegun = connections.some((connection) => connection.input === input);
    if (end?.error !== undefined) texts.push(`${name}: ${isBegun ? t('cannotRead', end.error) : end.error}`);
    if (end?.why !== undefined) texts.push(`${t('nothingFound')}: ${name}: ${end.why}`);
  }
  if (texts.length === 0 && begin?.chosen !== undefined && rows.length === 0) texts.push(t('nothingChosen'));
  else if (texts.length === 0 && connections.length === 0) texts.push(t('nothingFound'));
  return texts.map((text) => h('p', { class: 'problem', role: 'alert' }, sanitize(text)));
}
