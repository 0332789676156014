import { ExpectedError } from '#libs/contracts';
import type { OptionedKind, ResourceOptions } from '#libs/contracts';

interface Optioned {
  readonly id: string;
  readonly options?: ResourceOptions;
}

/**
 * keystone's rule (`common.resource_options.options.immutable`): of what is immutable nothing can be changed but the
 * option itself, alone, to false or null. Error PolicyNotAuthorized.
 */
export function requireMutable(kind: OptionedKind, row: Optioned, change: Pick<Partial<Optioned>, 'options'>): void {
  if (!isImmutable(row)) return;
  const fields = Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const { options } = change;
  const asked = options !== undefined && 'immutable' in options ? options['immutable'] : true;
  if (fields.length === 1 && fields[0] === 'options' && (asked === false || asked === null)) return;
  throw refusal('update', kind, row.id);
}

/** Error PolicyNotAuthorized. */
export function requireDeletable(kind: OptionedKind, row: Optioned): void {
  if (isImmutable(row)) throw refusal('delete', kind, row.id);
}

function isImmutable({ options }: Optioned): boolean {
  return options?.['immutable'] === true;
}

function refusal(action: 'update' | 'delete', kind: OptionedKind, id: string): ExpectedError {
  // keystone's own words, the missing quotation mark included.
  const text = `Unable to ${action} immutable ${kind} resource: \`${id}. Set resource option "immutable" to false first.`;
  return new ExpectedError('PolicyNotAuthorized', text, { id });
}

/** What a change leaves of named values: its own win, and null takes one away. */
export function merged(
  before: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}
