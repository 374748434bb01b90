import { ansiToSvg } from './ansi-svg.js';
import { ConsoleSandbox } from './console-sandbox.js';

/** The picture in the README. */
export const PICTURE = new URL('../docs/wsdissect.svg', import.meta.url);

/** What it shows: a frame field by field, what is left after a loss, a violation. */
const COMMANDS = [
  'wsdissect fixtures/send.pcap',
  'wsdissect --brief --max-payload 24 fixtures/loss-mid-frame.pcap | tail -n 6',
  'wsdissect check fixtures/violations/close-one-byte.pcap',
];

/** Runs the commands and draws what they print. */
export async function drawPicture(): Promise<string> {
  const sandbox = new ConsoleSandbox();
  try {
    let text = '';
    for (const command of COMMANDS) {
      const { text: printed } = await sandbox.run(`export FORCE_COLOR=1; ${command}`);
      text += `\u001b[1m$ ${command}\u001b[22m\n${printed}\n`;
    }
    return ansiToSvg(text, `Output of ${COMMANDS.join(', ')}`);
  } finally {
    sandbox.remove();
  }
}
