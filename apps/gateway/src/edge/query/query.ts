import { Fault } from '../errors/fault.js';

export { booleanOf } from '#libs/contracts';

/** Parameters of a query: each a text, or several for a repeated one, as Fastify parses them. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request's query as parsed; empty without one. */
export function queryOf(request: { readonly query: unknown }): Query {
  const { query } = request;
  return typeof query === 'object' && query !== null ? { ...query } : {};
}

/** All values of a parameter; empty when it is absent. */
export function valuesOf(query: Query, name: string): readonly string[] {
  const value = Object.hasOwn(query, name) ? query[name] : undefined;
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

/** The last value of a parameter, as in Python's frameworks. */
export function lastOf(query: Query, name: string): string | undefined {
  return valuesOf(query, name).at(-1);
}

/** An id or a name: one that no object can have, since it is too long, is a 400 Fault with nova's text. */
export function nameIn(query: Query, name: string): string | undefined {
  const text = lastOf(query, name);
  return text === undefined ? undefined : checkedName(text, name);
}

/** The same of one of a parameter's values. */
export function checkedName(text: string, name: string): string {
  if (text.length <= 255) return text;
  const shown = text.slice(0, 64);
  const message = `Invalid input for query parameters ${name}. Value: ${shown}. '${shown}' is too long`;
  throw new Fault(400, message, { code: 'InvalidInput', facts: { field: name } });
}

/** An integer of 0 or more, otherwise a 400 Fault with nova's text. */
export function wholeNumber(query: Query, name: string): number | undefined {
  const text = lastOf(query, name);
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    throw new Fault(
      400,
      `Invalid input for query parameters ${name}. Value: ${text.slice(0, 64)}. '${text.slice(0, 64)}' does not match '^[0-9]*$'`,
      { code: 'InvalidInput', facts: { field: name } },
    );
  }
  return Number(text);
}
