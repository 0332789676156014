import type { Declaration } from '#libs/contracts';
import { keyedId, shownValue } from '#libs/contracts';
import { resourceId } from './resource-id.js';
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

/** Path parameters of a resource: its id, and that of the resource that it lies below. */
export interface Path {
  readonly id: string;
  readonly parent_id?: string;
}

/** A row of the worker, and the revision that the client expects of it. */
export interface Target {
  readonly id: string;
  readonly parent_id?: string;
  readonly expected_revision?: number;
}

/** What a path and `If-Match` name: a row of the worker. */
export function targetOf(declaration: Declaration, path: Path, ifMatch?: string): Target {
  const revision = expectedRevision(ifMatch);
  const { parent, key } = declaration;
  const id = resourceId(declaration, path.id);
  const above = parent === undefined ? undefined : resourceId(parent.declaration, path.parent_id ?? '');
  return {
    id: key === undefined || above === undefined ? id : keyedId(above, id),
    ...(above === undefined ? {} : { parent_id: above }),
    ...(revision === undefined ? {} : { expected_revision: revision }),
  };
}
