import { DocumentError } from '#libs/simulation';
import { ControlError } from './control.errors.js';

/** Runs `work`; all faults of a document are reported at once, and nothing was changed then. */
export async function documentTold<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const { length } = error.faults;
    throw new ControlError(400, `${length} ${length === 1 ? 'fault' : 'faults'}, nothing was done`, error.faults);
  }
}
