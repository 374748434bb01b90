import type { DissectEvent } from '../events.js';
import { writeConnection } from './json-connection.js';
import { writeFrame } from './json-frame.js';
import { writeMessage } from './json-message.js';
import { JsonRecordWriter, type RecordType } from './json-record.js';
import type { Output } from './output.js';

/** One JSON object a line for each event of one type. The names of the members are a contract. */
export class JsonOutput implements Output {
  readonly #type: RecordType;
  readonly #record: JsonRecordWriter;

  /**
   * @param type - which events are shown
   * @param file - the value of `file` in each record, where there is more than one input
   */
  constructor(type: RecordType, file?: string) {
    this.#type = type;
    this.#record = new JsonRecordWriter(type, file);
  }

  event(event: DissectEvent): void {
    if (event.type !== this.#type) return;
    switch (event.type) {
      case 'frame': {
        writeFrame(this.#record, event);
        return;
      }
      case 'message': {
        writeMessage(this.#record, event);
        return;
      }
      case 'connection': {
        writeConnection(this.#record, event);
        return;
      }
    }
  }

  skip(): void {
    // No record says anything of another one.
  }

  flush(): void {
    // Every record is complete after its event.
  }

  get length(): number {
    return this.#record.length;
  }

  take(): Uint8Array {
    return this.#record.take();
  }
}
