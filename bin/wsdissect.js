#!/usr/bin/env node
const { main } = require('../dist/cli/main.cjs');
void main(process.argv.slice(2)).then((exitCode) => (process.exitCode = exitCode));
