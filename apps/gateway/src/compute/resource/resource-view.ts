import { declarationOf, isInVersion } from '#libs/contracts';
import type { FieldDeclaration, ResourceClass } from '#libs/contracts';
import { toMicroseconds } from '../time-form.js';

/** How a resource is shown: in a microversion 2.`version`, and for which of its views. */
export interface ViewForm {
  readonly version: number;
  readonly view: string;
}

/**
 * The view of a resource by its declaration, and `more`: links, and values that differ from the stored ones. Fields
 * without a column (`computed`) are in `more` if the object does not have them.
 */
export function resourceView<R extends object>(
  type: ResourceClass<R>,
  data: Partial<R>,
  { version, view }: ViewForm,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const row: Readonly<Record<string, unknown>> = { ...data };
  const body: Record<string, unknown> = {};
  for (const field of declarationOf(type).fields) {
    const value = row[field.field];
    if (!isInVersion(field, version) || !(field.views?.includes(view) ?? true)) continue;
    if (!isLeftOut(field, value)) body[field.name] = field.type.kind === 'time' ? time(value) : value;
  }
  return Object.assign(body, more);
}

function isLeftOut({ visible, computed }: FieldDeclaration, value: unknown): boolean {
  return visible === false || ((computed || visible === 'given') && (value ?? null) === null);
}

function time(value: unknown): unknown {
  return typeof value === 'string' ? toMicroseconds(value) : value;
}

/** Sort keys of a resource's lists by their names in the API, with the names on the bus. */
export function sortKeysOf(type: ResourceClass, version: number): Readonly<Record<string, string>> {
  const { fields, sorts } = declarationOf(type);
  const own = fields.flatMap(({ field, name, sort, until }) => {
    if (sort === false || version > until) return [];
    return (sort === true ? [name] : sort).map((key) => [key, field] as const);
  });
  const keys = [...own, ...sorts.map((key) => [key, key] as const)];
  return Object.fromEntries(keys.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
