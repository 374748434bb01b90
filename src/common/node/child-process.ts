/** A program that runs: Node's module for that is loaded when it is first needed, as nearly no run starts one. */
export const startProgram = (program: string, args: readonly string[]) =>
  process.getBuiltinModule('node:child_process').spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
