import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { Filter } from './list-definition.js';

/** Equal to one of the values. An empty value also matches NULL: "not set". */
export function textFilter(column: string): Filter {
  return expressionFilter(sql.ref(column));
}

/** As textFilter, for an expression that is text or NULL. */
export function expressionFilter(expression: RawBuilder<unknown>): Filter {
  return (values) => {
    // An index can be used only if the expression is compared unchanged.
    const compared = values.includes('') ? sql`coalesce(${expression}, '')` : expression;
    return sql<boolean>`${compared} = any(${[...values]}::text[])`;
  };
}

/** A time as the APIs show it: in seconds, or with microseconds. */
export function timeFilter(column: string): Filter {
  const utc = sql`(${sql.ref(column)} at time zone 'UTC')`;
  return (values) =>
    sql<boolean>`(to_char(${utc}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') = any(${[...values]}::text[])
      or to_char(${utc}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') = any(${[...values]}::text[]))`;
}

/** Changed at or after a time. */
export function changedSince(column: string, time: string): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(column)} >= ${time}::timestamptz`;
}

/** Changed before or within the second of a time: responses show whole seconds, and clients send those back. */
export function changedBefore(column: string, time: string): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(column)} < date_trunc('second', ${time}::timestamptz) + interval '1 second'`;
}

/** nova's `changes-since` and `changes-before`. Error InvalidFilter for an invalid time. */
export function changeFilters(column: string): Readonly<Record<'changes_since' | 'changes_before', Filter>> {
  const filter =
    (name: string, compare: typeof changedSince): Filter =>
    ([text = '']) => {
      if (Number.isNaN(Date.parse(text))) throw invalidFilter(name, text, 'an ISO 8601 time');
      return compare(column, text);
    };
  return {
    changes_since: filter('changes_since', changedSince),
    changes_before: filter('changes_before', changedBefore),
  };
}

/** The formats of oslo's parse_isotime: a year, month, day or time; UTC without a zone. */
const ISO_TIME =
  /^(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)([.,]\d+)?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?$/;

/**
 * neutron's `changed_since` (neutron.services.timestamp.timestamp_db): changed at or after a time; of several values
 * the first counts. Error InvalidInput for an invalid time.
 */
export function changedSinceFilter(column: string): Filter {
  return ([text = '']) => {
    const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
      ISO_TIME.exec(text) ?? [];
    const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
    const time = Date.parse(
      `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.replace(',', '.')}${offset}`,
    );
    const isDay = new Date(`${year}-${month}-${day}`).getUTCDate() === Number(day);
    if (Number.isNaN(time) || !isDay) {
      const wanted = 'The input changed_since must be in the following format: YYYY-MM-DDTHH:MM:SSZ';
      throw new ExpectedError('InvalidInput', `Invalid input for operation: ${wanted}.`);
    }
    return changedSince(column, new Date(time).toISOString());
  };
}

/** The words for true and false that the APIs accept from Python and JSON, in any case. */
export function booleanFilter(column: string, reference: RawBuilder<unknown> = sql.ref(column)): Filter {
  return (values) => {
    const wanted = values.map((value) => parseBoolean(column, value));
    return sql<boolean>`${reference} = any(${wanted}::boolean[])`;
  };
}

/** Decimal integers; an empty value matches NULL. */
export function integerFilter(column: string): Filter {
  const reference = sql.ref(column);
  return (values) => {
    for (const value of values) {
      if (!/^-?\d{1,15}$|^$/.test(value)) throw invalidFilter(column, value, 'a decimal integer');
    }
    if (!values.includes('')) return sql<boolean>`${reference} = any(${[...values]}::int8[])`;
    return sql<boolean>`coalesce(${reference}::text, '') = any(${[...values]}::text[])`;
  };
}

function parseBoolean(column: string, value: string): boolean {
  const word = value.toLowerCase();
  if (['true', '1', 't', 'yes', 'on'].includes(word)) return true;
  if (['false', '0', 'f', 'no', 'off'].includes(word)) return false;
  throw invalidFilter(column, value, '"true" or "false"');
}

/** The error for an invalid filter value. */
export function invalidFilter(column: string, value: string, expected: string): ExpectedError {
  const name = column.slice(column.indexOf('.') + 1);
  return new ExpectedError(
    'InvalidFilter',
    `Invalid value "${value.slice(0, 64)}" for filter ${name}: expected ${expected}.`,
    {
      filter: name,
    },
  );
}
