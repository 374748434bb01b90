#!/usr/bin/env node
const { writeSync } = require('node:fs');

/** An error of the program itself, which no input and no option may lead to. */
const EXIT_BUG = 70;
const STDERR_DESCRIPTOR = 2;
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

// A promise that nobody waits for fails here too. Until the work has ended, ending is a failure as well.
process.on('uncaughtException', fail);
process.exitCode = EXIT_BUG;
const { main } = require('../dist/cli/main.cjs');
main(process.argv.slice(2)).then((exitCode) => (process.exitCode = exitCode), fail);

function fail(error) {
  const trace = (error instanceof Error && error.stack) || String(error);
  const asking = 'wsdissect: this is a bug in wsdissect, not in its input: please report it with the lines above';
  try {
    writeSync(STDERR_DESCRIPTOR, `${trace.replace(CONTROL, '?')}\n${asking}\n`);
  } finally {
    process.exit(EXIT_BUG);
  }
}
