/**
 * Takes the pictures of a report in docs/, light and dark: `npm run screenshots`. Needs Debian's Chromium and a font
 * that has Japanese, such as fonts-ipafont-gothic.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strangersCapture } from '../test/report/captures.js';
import { Reports } from '../test/report/browser.js';

const DOCS = join(import.meta.dirname, '..', 'docs');

const reports = new Reports();
try {
  const capture = join(reports.folder, 'chat.pcap');
  writeFileSync(capture, strangersCapture());
  const file = await reports.write(capture);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await reports.open(file, { colorScheme, viewport: { width: 1280, height: 900 } });
    // The name of a file is that of its folder too, which differs on each machine.
    await page.evaluate("document.querySelector('h1').textContent = 'chat.pcap'");
    await page.evaluate("document.querySelector('#summary dd').textContent = 'chat.pcap: 59 packets'");
    await page.screenshot({ path: join(DOCS, `report-${colorScheme}.png`) });
  }
} finally {
  await reports.close();
}
