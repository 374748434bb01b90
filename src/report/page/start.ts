import { runPacked } from './packed.js';

/** The first script of the page: opens the one that shows it. */
async function start(): Promise<void> {
  try {
    await runPacked('page-code');
  } catch (error) {
    document.getElementById('app')!.textContent = `This browser cannot open the page: ${String(error)}`;
  }
}

void start();
