// Loaded into a worker by `node --import`: writes down its durable steps, and kills the process at the one that is armed.
//   ALBIREO_TEST_STEPS   file that every step is appended to, a JSON line each
//   ALBIREO_TEST_ARMED   file that names the step to die at; it is renamed when the trap has sprung, so only one dies
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync, readFileSync, renameSync, statSync } from 'node:fs';

/** The trap: the n-th time that any worker comes by the step after the trap was set. */
export interface Trap {
  readonly id: string;
  readonly step: string;
  readonly detail: string;
  readonly nth: number;
}

const stepsFile = process.env['ALBIREO_TEST_STEPS'];
const armedFile = process.env['ALBIREO_TEST_ARMED'];

function readTrap(file: string): Trap | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Trap;
  } catch {
    return undefined;
  }
}

function dieIfArmed(file: string, step: string, detail: string): void {
  const trap = readTrap(file);
  if (trap === undefined) return;
  if (trap.step !== step || trap.detail !== detail) return;
  // The workers count together, since either may come by: one byte in a file for each time.
  const counter = `${file}.${trap.id}`;
  appendFileSync(counter, '.');
  if (statSync(counter).size !== trap.nth) return;
  try {
    renameSync(file, `${file}.sprung`);
  } catch {
    return;
  }
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way: nothing may happen between here and the end.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

subscribe('albireo:step', (message) => {
  const { step, detail } = message as { step: string; detail: string };
  if (stepsFile !== undefined) appendFileSync(stepsFile, `${JSON.stringify({ step, detail })}\n`);
  if (armedFile !== undefined) dieIfArmed(armedFile, step, detail);
});
