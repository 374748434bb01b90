import type { DissectEvent } from '../../events.js';
import { writeFrame } from './json-frame.js';
import { writeMessage } from './json-message.js';
import { JsonRecordWriter } from './json-record.js';
import type { Output } from '../output.js';
import type { RecordType } from '../records/record-field.js';
import { toRecord, type RecordOptions } from '../records/record-fields.js';

/**
 * One JSON object a line for each event of one type. The names of the members are a contract. Records of frames and
 * messages, of which there are many, are written directly; those of connections from the table of fields.
 */
export class JsonOutput implements Output {
  readonly #type: RecordType;
  readonly #file: string | undefined;
  readonly #hasFindings: boolean;
  readonly #options: RecordOptions;
  readonly #record: JsonRecordWriter;

  /**
   * @param type - which events are shown
   * @param file - the value of `file` in each record, where there is more than one input
   * @param hasFindings - findings of no record are shown too, in their order
   * @param options - what records of connections have beyond what they always have
   */
  constructor(type: RecordType, file?: string, hasFindings = false, options: RecordOptions = {}) {
    this.#type = type;
    this.#hasFindings = hasFindings;
    this.#options = options;
    this.#file = file;
    this.#record = new JsonRecordWriter(type, file);
  }

  event(event: DissectEvent): void {
    if (event.type === 'finding' && this.#hasFindings) this.#record.record(toRecord(event, this.#file));
    if (event.type !== this.#type) return;
    switch (event.type) {
      case 'frame': {
        writeFrame(this.#record, event);
        if (event.order !== undefined) this.#record.order(event.order, event.frame.at.packet);
        return;
      }
      case 'message': {
        writeMessage(this.#record, event);
        if (event.order !== undefined) this.#record.order(event.order, event.message.at.packet);
        return;
      }
      case 'connection': {
        this.#record.record(toRecord(event, this.#file, this.#options));
        if (event.order !== undefined) this.#record.order(event.order, undefined);
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
