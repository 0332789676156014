import { Fault } from '../../edge/errors/fault.js';
import type { ResourceKind } from './resource-kind.js';

const LONGEST_ID = 255;

/**
 * The id in a path. Clients try a name as an id first and expect 404, so whatever cannot be an id is not found
 * (never 400), and is not sent to the worker.
 */
export function resourceId<D extends object>(kind: ResourceKind<D>, text: string): string {
  if (text.length <= LONGEST_ID && !text.includes('\0')) return text;
  const name = kind.singular[0]?.toUpperCase() + kind.singular.slice(1);
  throw new Fault(404, `${name} ${JSON.stringify(text.slice(0, 64))} could not be found.`, { code: kind.notFound });
}
