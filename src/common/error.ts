/** Why wsdissect cannot go on. Stable: programs compare them. */
export type ErrorCode =
  | 'no-such-file'
  | 'is-a-directory'
  | 'unreadable'
  | 'unwritable'
  | 'empty-input'
  | 'not-a-capture'
  | 'unsupported-version'
  | 'bad-hex'
  | 'bad-option'
  | 'bad-frame'
  | 'no-such-frame';

/**
 * wsdissect cannot go on: the input is no capture, or the call is wrong.
 *
 * What is merely wrong *in* a capture is a {@link Finding} and is never thrown.
 */
export class WsdissectError extends Error {
  override readonly name = 'WsdissectError';
  readonly code: ErrorCode;

  /**
   * @param code - stable name of the reason
   * @param message - what happened, where, and what to do about it; one line
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
