import { ModelReader } from './data/model-reader.js';
import { readLines } from './data/read-lines.js';
import { ReportPage } from './report-page.js';
import { chooseLanguage } from './words/words.js';

/** The page of a report shows the data that stands in its document. */
async function start(): Promise<void> {
  chooseLanguage(navigator.language);
  const reader = new ModelReader();
  try {
    await readLines(document.getElementById('records')!.textContent, (line) => reader.line(line));
  } catch {
    // What was read before is shown, and that it is not all: there is no summary.
  }
  const root = document.getElementById('app')!;
  new ReportPage(root, reader.end());
  root.setAttribute('aria-busy', 'false');
}

void start();
