/**
 * Makes the picture of the README from the real command: `npm run picture`. With `--check` it writes nothing; exit
 * code 1 where the picture is not what the command prints.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { drawPicture, PICTURE } from './draw-picture.js';

const picture = await drawPicture();
if (!process.argv.includes('--check')) {
  writeFileSync(PICTURE, picture);
} else if (readFileSync(PICTURE, 'utf8') !== picture) {
  console.error('docs/wsdissect.svg is stale: npm run picture writes it');
  process.exitCode = 1;
}
