import type { Declaration } from '#libs/contracts';
import { keyedId, shownValue } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { badRequest } from '../errors/neutron-faults.js';

const LONGEST_ID = 255;
const UUID_LENGTH = 36;

/**
 * The id in a path. Clients try a name as an id first and expect 404, so an invalid id is not found (never 400), and is
 * not sent to the worker.
 */
export function resourceId(declaration: Declaration, text: string): string {
  if (text.length <= LONGEST_ID && !text.includes('\0')) return text;
  throw notFound(declaration, text);
}

/** The id in a path of what a resource is below, which is no longer than a UUID. */
export function parentId(declaration: Declaration, text: string): string {
  if (text.length <= UUID_LENGTH && !text.includes('\0')) return text;
  throw notFound(declaration, text);
}

function notFound({ notFound: { text, code } }: Declaration, id: string): Fault {
  return new Fault(404, text.replace('%s', JSON.stringify(id.slice(0, 64))), { code });
}

/**
 * The revision that `If-Match: revision_number=N` requires, or undefined without the header (neutron's extension
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

/** Path parameters of a resource: its id, and that of its parent. */
export interface Path {
  readonly id: string;
  readonly parent_id?: string;
}

/** A row of the worker, and the revision that the client expects. */
export interface Target {
  readonly id: string;
  readonly parent_id?: string;
  readonly expected_revision?: number;
}

/** The row of the worker that a path and `If-Match` name. */
export function targetOf(declaration: Declaration, path: Path, ifMatch?: string): Target {
  const revision = expectedRevision(ifMatch);
  const { parent, key } = declaration;
  const id = resourceId(declaration, path.id);
  const above = parent === undefined ? undefined : parentId(parent.declaration, path.parent_id ?? '');
  // The worker finds it by both.
  if (key !== undefined && above !== undefined && keyedId(above, id).length > LONGEST_ID)
    throw notFound(declaration, id);
  return {
    id: key === undefined || above === undefined ? id : keyedId(above, id),
    ...(above === undefined ? {} : { parent_id: above }),
    ...(revision === undefined ? {} : { expected_revision: revision }),
  };
}
