import { count } from '../../common/words.js';
import { groupsOf, otherPlaces, type ViolationGroup } from './violation-group.js';
import type { CaptureReport, Claim } from '../report.js';
import type { CheckEnd, Reporter } from './reporter.js';
import { shown } from '../shown.js';
import { claimLines, evidenceLines, placeOf, ruleOf, summaryLine, whatOf } from './wording.js';

/** Captures that are described; the others are counted. A job summary of GitHub may have a megabyte. */
const MOST_CAPTURES = 20;
/** Kinds of findings, and claims, of one capture. */
const MOST_OF_CAPTURE = 20;
/** Lines of what is wrong with one claim. */
const MOST_LINES = 40;

/**
 * Markdown, as job summaries and comments of code hosts show it: the verdict first, then of each capture that failed what is
 * wrong with it, and the conversation that failed as a diagram.
 */
export class MarkdownReporter implements Reporter {
  readonly #captures: string[] = [];
  #failed = 0;

  capture(report: CaptureReport, diagram?: string): string {
    const groups = groupsOf(report.violations.filter(({ verdict }) => verdict === 'failing'));
    if (report.passed && groups.length === 0) return '';
    this.#failed++;
    if (this.#failed > MOST_CAPTURES) return '';
    const parts = [
      `### ${escapeMarkdown(shown(report.file))}\n`,
      ...limited(groups.map(groupItem)),
      ...report.unlisted
        .filter(({ verdict }) => verdict === 'failing')
        .map(({ code, count: more }) => item(`${more} more findings \`${code}\` are not listed`, [])),
      ...limited(claimItems(report.claims)),
      ...(report.error === undefined ? [] : [item(escapeMarkdown(`unreadable: ${shown(report.error.message)}`), [])]),
    ];
    if (diagram !== undefined) parts.push(`\n\`\`\`mermaid\n${diagram}\`\`\`\n`);
    this.#captures.push(parts.join(''));
    return '';
  }

  end({ summary, claims, passed }: CheckEnd): string {
    const parts = [
      `## wsdissect check: ${passed ? 'passed' : 'FAILED'}\n`,
      `${escapeMarkdown(summaryLine(summary))}\n`,
      ...this.#captures,
    ];
    const more = this.#failed - MOST_CAPTURES;
    if (more > 0) parts.push(`${count(more, 'more capture')} failed\n`);
    const items = claimItems(claims);
    if (items.length > 0) parts.push(limited(items).join(''));
    return `${parts.join('\n')}\n`;
  }
}

/** Findings of one kind: what it is, its rule and place, and below it the bytes at fault. */
function groupItem(group: ViolationGroup): string {
  const [first] = group;
  const place = placeOf(first, '→');
  const rule = ruleOf(first.finding);
  const head = `**${first.finding.severity}**: ${escapeMarkdown(whatOf(first))} (\`${rule}\`)`;
  return item(place === '' ? head : `${head}, ${escapeMarkdown(place)}`, [
    ...evidenceLines(first.evidence),
    ...otherPlaces(group, '→'),
  ]);
}

function claimItems(claims: readonly Claim[]): string[] {
  return claims
    .filter(({ isMet }) => !isMet)
    .map((claim) => {
      const [first = '', ...lines] = claimLines(claim);
      const more = lines.length - MOST_LINES;
      const shownLines = more > 0 ? [...lines.slice(0, MOST_LINES), `... ${count(more, 'more line')}`] : lines;
      return item(`**failed**: ${escapeMarkdown(first)}`, shownLines);
    });
}

/** An item of a list, with lines below it that are shown as they are. */
function item(text: string, lines: readonly string[]): string {
  if (lines.length === 0) return `- ${text}\n`;
  return `- ${text}\n  <pre>${lines.map(escapeMarkdown).join('<br>')}</pre>\n`;
}

function limited(items: readonly string[]): readonly string[] {
  const more = items.length - MOST_OF_CAPTURE;
  return more > 0 ? [...items.slice(0, MOST_OF_CAPTURE), `- ${more} more of them\n`] : items;
}

/**
 * Text in which nothing means anything to Markdown or HTML, or becomes a link or a mention: a character reference stands for
 * each such character.
 */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[^\p{L}\p{M}\p{N} .,;/=?{}()"'…→+-]/gu, (character) => `&#${character.codePointAt(0)!};`)
    .replace(/^([-+]|\d+[.)])|www\.|:\/\//giu, (found) =>
      found.replace(/[-+.):]/g, (mark) => `&#${mark.charCodeAt(0)};`),
    );
}
