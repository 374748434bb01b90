import { streamName } from '../../events.js';
import { RULES, type FindingCode, type Rule, type Severity } from '../../common/finding-codes.js';
import { CODES } from '../rules/rule-selection.js';
import type { CaptureReport, Claim, ClaimKind, Violation } from '../report.js';
import type { CheckEnd, Reporter, ReporterOptions } from './reporter.js';
import { safeJson, shown } from '../shown.js';
import { claimLines, evidenceLines, placeOf, whatOf } from './wording.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** Claims that are not met are results too, and each result needs a rule. */
const CLAIM_RULES: Readonly<Record<ClaimKind, string>> = {
  connection: 'The capture must hold a WebSocket connection.',
  complete: 'No part of the capture may be missing.',
  expectation: 'The expectation must be met.',
  golden: 'What was said must be what the golden file has.',
};

/** What to do about them. */
const CLAIM_HELP: Readonly<Record<ClaimKind, string>> = {
  connection: 'With --allow-empty a capture without one passes.',
  complete: 'Without --strict what is missing is told and does not fail.',
  expectation: 'The result tells how many records matched, and which one came nearest.',
  golden: 'Where the change is meant, --update writes the golden file again.',
};

/** SARIF 2.1.0: what code scanning services read. One document at the end. */
export class SarifReporter implements Reporter {
  readonly #version: string;
  readonly #results: object[] = [];
  readonly #notifications: object[] = [];

  constructor({ version }: Pick<ReporterOptions, 'version'>) {
    this.#version = version;
  }

  capture({ file, violations, unlisted, claims, error }: CaptureReport): string {
    this.#results.push(...violations.map((violation) => violationResult(file, violation)));
    this.#results.push(...claimResults(file, claims));
    for (const { code, count } of unlisted) {
      this.#notify('warning', file, `${count} more findings ${code} are not listed`);
    }
    if (error !== undefined) this.#notify('error', file, shown(error.message));
    return '';
  }

  end({ claims, passed, summary }: CheckEnd): string {
    this.#results.push(...claimResults(undefined, claims));
    const driver = {
      name: 'wsdissect',
      version: this.#version,
      rules: [...CODES.map(ruleDescriptor), ...claimDescriptors()],
    };
    const invocation = {
      executionSuccessful: summary.unreadable === 0,
      exitCode: summary.unreadable > 0 ? 2 : passed ? 0 : 1,
      toolExecutionNotifications: this.#notifications,
    };
    const run = {
      tool: { driver },
      columnKind: 'unicodeCodePoints',
      invocations: [invocation],
      results: this.#results,
    };
    return `${safeJson({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, 2)}\n`;
  }

  #notify(level: Severity, file: string, text: string): void {
    this.#notifications.push({ level, message: { text }, locations: [location(file)] });
  }
}

function ruleDescriptor(code: FindingCode): object {
  const { severity, rfc, why }: Rule = RULES[code];
  return {
    id: code,
    shortDescription: { text: why },
    help: { text: helpText(code, why, rfc) },
    ...(rfc === undefined ? {} : { helpUri: sectionUri(rfc) }),
    defaultConfiguration: { level: severity },
    properties: rfc === undefined ? {} : { rfc },
  };
}

function claimDescriptors(): object[] {
  return Object.entries(CLAIM_RULES).map(([kind, text]) => ({
    id: `check.${kind}`,
    shortDescription: { text },
    help: { text: `${text} ${CLAIM_HELP[kind as ClaimKind]}` },
    defaultConfiguration: { level: 'error' },
  }));
}

/** What a service shows beside a result: why it is wrong, where that stands, how to accept it. */
function helpText(code: FindingCode, why: string, rfc: string | undefined): string {
  const section = rfc === undefined ? '' : ` See ${rfc}.`;
  return `${why}${section} Where it is meant, --allow ${code} accepts it.`;
}

/** `RFC 6455 5.2` as the address of that section. */
function sectionUri(rfc: string): string {
  const [, number = '', section = ''] = rfc.split(' ');
  return `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`;
}

function violationResult(file: string, violation: Violation): object {
  const { finding, verdict, client, server, evidence } = violation;
  const { code, severity, packet, stream, http2Stream, direction, offset } = finding;
  const place = placeOf(violation, '->');
  const lines = [whatOf(violation), ...(place === '' ? [] : [place]), ...evidenceLines(evidence)];
  const region = stream === undefined && offset !== undefined ? { byteOffset: offset } : undefined;
  return {
    ruleId: code,
    ruleIndex: CODES.indexOf(code),
    level: severity,
    kind: 'fail',
    message: { text: lines.join('\n') },
    locations: [location(file, region)],
    // Without this, a service takes all findings of one rule in one capture for the same one.
    partialFingerprints: {
      'wsdissect/v1': `${code}:${stream === undefined ? '-' : streamName({ stream, http2Stream })}:${packet ?? '-'}:${direction ?? '-'}`,
    },
    ...(verdict === 'allowed' ? { suppressions: [{ kind: 'external', justification: '--allow' }] } : {}),
    properties: { packet, stream, http2Stream, direction, client, server },
  };
}

/** A service shows a result in its file at its line: that of what was claimed, where there is one. A capture has no lines. */
function claimResults(file: string | undefined, claims: readonly Claim[]): object[] {
  return claims
    .filter(({ isMet }) => !isMet)
    .map((claim) => {
      const { kind, origin } = claim;
      const result = {
        ruleId: `check.${kind}`,
        level: 'error',
        kind: 'fail',
        message: { text: claimLines(claim).join('\n') },
      };
      // Of two captures that fail the same line, a service would take one for the other.
      const partialFingerprints = { 'wsdissect/v1': `check.${kind}:${origin?.line ?? '-'}:${file ?? '-'}` };
      if (origin === undefined) {
        return { ...result, locations: file === undefined ? [] : [location(file)], partialFingerprints };
      }
      const locations = [location(origin.file, { startLine: origin.line })];
      if (file === undefined) return { ...result, locations, partialFingerprints };
      return { ...result, locations, relatedLocations: [location(file)], partialFingerprints };
    });
}

/** A path as a reference relative to where the check ran (RFC 3986 section 4.2). */
function location(file: string, region?: object): object {
  const uri = file.replaceAll('\\', '/').split('/').map(encodeSegment).join('/');
  const artifactLocation = { uri: isAbsolute(uri) ? `file://${uri.replace(DRIVE, '/$1:/')}` : uri };
  return { physicalLocation: region === undefined ? { artifactLocation } : { artifactLocation, region } };
}

function encodeSegment(segment: string): string {
  // Through bytes, because half a surrogate pair cannot be encoded.
  return encodeURIComponent(Buffer.from(segment, 'utf8').toString('utf8'));
}

/** The drive that a path of Windows begins with, escaped as a segment is. */
const DRIVE = /^([A-Za-z])(?::|%3A)\//;

function isAbsolute(uri: string): boolean {
  return uri.startsWith('/') || DRIVE.test(uri);
}
