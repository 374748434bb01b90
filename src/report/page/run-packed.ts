import { inflated } from './data/inflated.js';

/**
 * Runs a script that stands compressed in the page. The page's policy names it by its digest: nothing else can be run in
 * this way.
 *
 * @param id - the element that has it
 */
export async function runPacked(id: string): Promise<void> {
  const script = document.createElement('script');
  script.textContent = await new Response(inflated(document.getElementById(id)!.textContent)).text();
  document.head.append(script);
}
