import { SETTINGS_ENABLE_CONNECT_PROTOCOL } from './http2-frame.js';

/** What is known of the server's SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 section 3). */
export class ConnectSetting {
  /** Its value; `undefined` while it may not have been captured. */
  isEnabled: boolean | undefined = undefined;
  /** Settings of the server were seen: the first ones nearly always tell it. */
  isSeen = false;
  /** Frames of the server may have been missed. */
  isServerIncomplete: boolean;

  constructor(isServerIncomplete: boolean) {
    this.isServerIncomplete = isServerIncomplete;
  }

  /** Takes a SETTINGS frame of the server; `undefined` where bytes of it are missing. @returns whether it allows WebSocket */
  take(settings: readonly (readonly [identifier: number, value: number])[] | undefined): boolean {
    if (settings === undefined) {
      this.lose();
      return false;
    }
    this.isSeen = true;
    const value = settings.findLast(([identifier]) => identifier === SETTINGS_ENABLE_CONNECT_PROTOCOL)?.[1];
    if (value !== undefined) this.isEnabled = value === 1;
    else if (!this.isServerIncomplete) this.isEnabled ??= false;
    return value === 1;
  }

  /** Settings of the server may have been lost. */
  lose(): void {
    this.isServerIncomplete = true;
    if (this.isEnabled === false) this.isEnabled = undefined;
  }
}
