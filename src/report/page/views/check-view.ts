import { sanitize } from '../../../output/sanitize.js';
import type { CheckLine } from '../../lines.js';
import { h, table } from '../dom.js';
import type { Model } from '../data/model.js';
import { t } from '../words/words.js';

/** What `check` found, which stands before everything else. */
export function checkView({ checks }: Model): HTMLElement[] {
  if (checks.length === 0) return [];
  const hasPassed = checks.every(({ passed }) => passed);
  return [
    h(
      'section',
      { id: 'check', class: hasPassed ? 'passed' : 'failing' },
      h('h2', {}, t(hasPassed ? 'checkPassed' : 'checkFailed')),
      ...checks.filter(({ passed, violations }) => !passed || violations.length > 0).map(captureView),
    ),
  ];
}

function captureView({ file, passed, violations, unlisted, claims }: CheckLine): HTMLElement {
  const rows = violations.map(({ severity, verdict, code, rfc, packet, stream, message, evidence = [] }) =>
    h(
      'tr',
      { class: severity },
      h('td', {}, verdict === 'failing' ? t('failed') : verdict),
      h('td', {}, t(severity)),
      h('td', { class: 'mono' }, code),
      h('td', {}, rfc ?? ''),
      h(
        'td',
        {},
        [
          stream === undefined ? '' : t('ofConnection', String(stream)),
          packet === undefined ? '' : t('packet', packet),
        ].join(' '),
      ),
      h('td', {}, sanitize(message), ...evidence.map((text) => h('div', { class: 'mono' }, sanitize(text)))),
    ),
  );
  const unmet = claims.filter(({ isMet }) => !isMet);
  return h(
    'div',
    {},
    h('h3', {}, file === undefined ? '' : `${sanitize(file)}: `, t(passed ? 'passed' : 'failed')),
    rows.length === 0
      ? undefined
      : table(t('findings'), ['', t('severity'), t('rule'), t('section'), t('where'), t('finding')], rows),
    ...unlisted.map(({ code, count }) => h('p', {}, `${code}: ${t('more', count)}`)),
    unmet.length === 0 ? undefined : h('h4', {}, t('claims')),
    ...unmet.map(({ name, message, detail }) =>
      h(
        'div',
        {},
        h('p', {}, sanitize(`${name}: ${message}`)),
        detail.length === 0 ? undefined : h('pre', {}, detail.map(sanitize).join('\n')),
      ),
    ),
  );
}
