export { createReadStream } from 'node:fs';
