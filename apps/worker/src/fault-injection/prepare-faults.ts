import { readFileSync } from 'node:fs';
import { ControlOptions, FaultOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { EXPECTED_ERRORS } from '#libs/contracts';
import { faultPlan, onlookerMark, onlookers, readFaultRules } from '#libs/simulation';
import type { FaultRule } from '#libs/simulation';
import { UNEXPECTED } from './rpc-faults.js';

/**
 * Parses the rules of a document; their errors must be errors of this product. Throws DocumentError with all faults of
 * the document.
 */
export function readRules(text: string, file: string): FaultRule[] {
  return readFaultRules(text, file, [UNEXPECTED, ...Object.keys(EXPECTED_ERRORS)]);
}

/** Turns on fault injection in this process according to `[faults]`; called before the affected objects are created. */
export function prepareFaults(config: Configuration): void {
  const { enabled, file, seed } = config.get(FaultOptions);
  if (!enabled) return;
  faultPlan.enable(seed);
  const { token } = config.get(ControlOptions);
  if (token !== undefined) onlookers.expect(onlookerMark(token));
  if (file !== undefined) faultPlan.add(readRules(readFileSync(file, 'utf8'), file));
}
