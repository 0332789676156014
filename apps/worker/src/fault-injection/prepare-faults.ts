import { readFileSync } from 'node:fs';
import { ControlOptions, FaultOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { EXPECTED_ERRORS } from '#libs/contracts';
import { faultPlan, onlookerMark, onlookers, readFaultRules } from '#libs/simulation';
import type { FaultRule } from '#libs/simulation';
import { UNEXPECTED } from './rpc-faults.js';

/** Rules of a document whose errors are those of this product. Throws DocumentError with all that is wrong. */
export function readRules(text: string, file: string): FaultRule[] {
  return readFaultRules(text, file, [UNEXPECTED, ...Object.keys(EXPECTED_ERRORS)]);
}

/** Lets faults happen in this process, as `[faults]` says; called before anything that they happen to is made. */
export function prepareFaults(config: Configuration): void {
  const { enabled, file, seed } = config.get(FaultOptions);
  if (!enabled) return;
  faultPlan.enable(seed);
  const { token } = config.get(ControlOptions);
  if (token !== undefined) onlookers.expect(onlookerMark(token));
  if (file !== undefined) faultPlan.add(readRules(readFileSync(file, 'utf8'), file));
}
