import type { Consumer } from '../../../consumer.js';
import type { DissectEvent } from '../../../events.js';

/** Has a capture checked while another consumer is given the same events. What is checked does not depend on who looks on. */
export function watched(check: Consumer, watcher: Consumer): Consumer {
  const isDecoded = check.wants.decode !== undefined && check.wants.decode !== 'off';
  const decode = watcher.wants.decode;
  return {
    wants: { ...check.wants, ...(isDecoded || decode === undefined ? {} : { decode }) },
    event: (event) => both(check.event(isDecoded ? event : withoutMeaning(event)), () => watcher.event(event)),
    end: () => both(check.end(), () => watcher.end()),
  };
}

/** One after the other; a promise only where one of them gives one. */
function both(first: Promise<void> | undefined, second: () => Promise<void> | undefined): Promise<void> | undefined {
  return first === undefined ? second() : first.then(second);
}

function withoutMeaning(event: DissectEvent): DissectEvent {
  return event.type === 'message' && event.decoded !== undefined ? { ...event, decoded: undefined } : event;
}
