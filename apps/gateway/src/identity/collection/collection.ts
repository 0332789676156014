import type { FastifyRequest } from 'fastify';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { ListArgs } from '#libs/contracts';
import { notFound, badRequest } from '../errors/keystone-faults.js';
import { baseUrl } from '../../edge/links.js';
import { contextOf } from '../../edge/request-state.js';

/** The id in a path. An invalid id is not found: clients try names as ids first. */
export function objectId(kind: string, text: string): string {
  if (text.length > 255 || text.includes('\0')) throw notFound(kind, text);
  return text;
}

/** keystone's form of a list: the entries, and a `self` link that repeats the request. There are no pages. */
export function collectionView(request: FastifyRequest, name: string, entries: readonly unknown[]): object {
  const self = `${baseUrl(request)}${request.url}`;
  return { [name]: entries, links: { next: null, self, previous: null } };
}

/** The domain of a new object that names none: that of the token, otherwise the default domain (keystone's rule). */
export function domainFor(request: FastifyRequest, named: string | null | undefined): string {
  return named ?? contextOf(request).domain_id ?? 'default';
}

export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The last value of a key, as keystone reads its filters; undefined when it is absent. */
export function valueOf(query: RawQuery, key: string): string | undefined {
  const found = query[key];
  const value = typeof found === 'string' || found === undefined ? found : found.at(-1);
  const longest = /_id(__|$)/.test(key) ? 255 : 1024;
  if (value !== undefined && (value.includes('\0') || value.length > longest)) {
    throw badRequest(`Invalid input for the filter ${key}.`);
  }
  return value;
}

/** Whether a switch parameter is present with any value but 0 (keystone's query_filter_is_true). */
export function isSet(query: RawQuery, key: string): boolean {
  const value = valueOf(query, key);
  return value !== undefined && value !== '0';
}

/** Whether a boolean is true: present and not a word for no (oslo.utils' bool_from_string, true by default). */
function isOn(query: RawQuery, key: string): boolean {
  const value = valueOf(query, key)?.toLowerCase();
  return value !== undefined && !['false', '0', 'no', 'off', 'f', 'n'].includes(value);
}

/** Attributes of the Identity API that can also be filtered by a part of their text. */
const TEXTS: ReadonlySet<string> = new Set(['name', 'domain_id', 'parent_id']);
const FLAGS: ReadonlySet<string> = new Set(['enabled', 'is_domain']);
const COMPARATORS = ['contains', 'startswith', 'endswith'].flatMap((name) => [name, `i${name}`]);

/** The arguments of a list, in the worker's form. */
export type Filtered = ListArgs & { readonly filters: Readonly<Record<string, readonly string[]>> };

/**
 * The filters of a list, API name → the worker's field, and those by a part of a text (`name__icontains`). Others are
 * ignored, as in keystone.
 *
 * @param texts additional attributes that can be filtered by a part of their text
 */
export function listArgs(
  query: RawQuery,
  fields: Readonly<Record<string, string>>,
  texts: readonly string[] = [],
): Filtered {
  const filters: Record<string, string[]> = {};
  const isText = isTextOf(texts);
  for (const [name, field] of Object.entries(fields)) {
    const value = valueOf(query, name) ?? (isText(name) ? valueOf(query, `${name}__equals`) : undefined);
    if (value !== undefined) filters[field] = [FLAGS.has(name) ? String(isOn(query, name)) : value];
    if (!isText(name)) continue;
    for (const comparator of COMPARATORS) {
      const part = valueOf(query, `${name}__${comparator}`);
      if (part !== undefined) filters[`${field}__${comparator}`] = [part];
    }
  }
  return { filters };
}

function isTextOf(texts: readonly string[]): (name: string) => boolean {
  return (name) => TEXTS.has(name) || texts.includes(name);
}

/** The filter attributes of a list, each with the same name at the worker. */
export interface DeclaredFilters {
  readonly names: readonly string[];
  /** Additional attributes that can be filtered by a part of their text. */
  readonly texts?: readonly string[];
}

/** The value of `@Filters` for a request. */
export function readFilters({ names, texts = [] }: DeclaredFilters, context: ExecutionContext): Filtered {
  const request = context.switchToHttp().getRequest<FastifyRequest<{ Querystring: RawQuery }>>();
  return listArgs(request.query, Object.fromEntries(names.map((name) => [name, name])), texts);
}

/** The query parameters that such a list reads. */
export function filterParameters({ names, texts = [] }: DeclaredFilters): readonly string[] {
  const isText = isTextOf(texts);
  return names.flatMap((name) =>
    isText(name) ? [name, ...['equals', ...COMPARATORS].map((comparator) => `${name}__${comparator}`)] : [name],
  );
}

/** A controller's parameter: `list(@Filters({ names: ['name', 'enabled'] }) { filters }: Filtered)`. */
export const Filters = createParamDecorator(readFilters);
