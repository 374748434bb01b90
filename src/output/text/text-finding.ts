import type { Finding } from '../../common/finding.js';
import { streamName } from '../../events.js';
import { sanitize } from '../sanitize.js';
import { spokenDirection } from './text-layout.js';

/**
 * A finding in one line, safe to print: where it is, what it is, and its code.
 *
 * @param file - name of the input; captured by nobody, but as little to be trusted
 */
export function findingLine(file: string, finding: Finding): string {
  const { packet, stream, http2Stream, direction, offset } = finding;
  const place: string[] = [];
  if (packet !== undefined) place.push(`packet ${packet}`);
  if (stream !== undefined) place.push(`stream ${streamName({ stream, http2Stream })}`);
  if (direction !== undefined) place.push(spokenDirection(direction));
  // Without a stream it is the offset in the file; in a stream the packet says it better.
  if (offset !== undefined && stream === undefined) place.push(`byte ${offset}`);
  const where = place.length === 0 ? '' : `${place.join(', ')}: `;
  return `${sanitize(file)}: ${where}${sanitize(finding.message)} (${finding.code})`;
}
