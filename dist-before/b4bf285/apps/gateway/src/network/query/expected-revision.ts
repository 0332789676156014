import { shownValue } from '../attributes/shown-value.js';
import { badRequest } from '../errors/neutron-faults.js';

/**
 * The revision that `If-Match: revision_number=N` insists on, or undefined without the header (neutron's extension
 * revision-if-match). Throws 400 for another form.
 */
export function expectedRevision(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const found = /^"?revision_number\s*=\s*"?(\d{1,15})"?$/.exec(header.trim());
  if (found === null) {
    throw badRequest(`Invalid If-Match ${shownValue(header)}: expected revision_number=N`);
  }
  return Number(found[1]);
}
