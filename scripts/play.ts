/** Writes docs/play/index.html, the page that makes reports of captures that are dropped on it: `npm run play`. */
import { join } from 'node:path';
import { bundlePlay } from './bundle-page.js';

await bundlePlay(join(import.meta.dirname, '..'));
