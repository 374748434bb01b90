/** Where the lines of a report go: into the file of a page, or to the page that shows them. */
export interface LineSink {
  /** Takes a line as the value that it is the JSON of. */
  line(value: object): void;
  /** Takes bytes of lines that are JSON already, cut anywhere: a view that must not be kept. */
  bytes(bytes: Uint8Array): void;
}
