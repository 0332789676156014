import type { Declaration } from '#libs/contracts';
import { inPath, inQuery, repeated } from '../../edge/openapi/parts.js';
import type { Json } from '../../edge/openapi/parts.js';
import { filterReaders } from '../query/filters.js';

/** Parameters that many operations have, by their names below `#/components/parameters`. */
export const sharedParameters = {
  id: inPath('id'),
  parent_id: inPath('parent_id'),
  if_match: {
    name: 'If-Match',
    in: 'header',
    description: '`revision_number=N`: only when that is the revision',
    schema: { type: 'string' },
  },
  sort_dir: repeated('sort_dir', { type: 'string', enum: ['asc', 'desc'] }),
  limit: inQuery('limit', { type: 'integer', minimum: 0 }),
  marker: inQuery('marker', { type: 'string' }),
  page_reverse: inQuery('page_reverse', { type: 'boolean' }),
} satisfies Readonly<Record<string, Json>>;

function shared(name: keyof typeof sharedParameters): Json {
  return { $ref: `#/components/parameters/${name}` };
}

export const ifMatch = shared('if_match');

/** The ids in the path of one resource; its own is the last. */
export function pathParameters({ parent }: Declaration): readonly Json[] {
  return parent === undefined ? [shared('id')] : [shared('parent_id'), shared('id')];
}

/** What the query of a list takes. */
export function collectionParameters(declaration: Declaration): readonly Json[] {
  const sortKeys = [...declaration.byName].filter(([, { sort }]) => sort).map(([name]) => name);
  const visible = [...declaration.byName].filter(([, field]) => field.visible).map(([name]) => name);
  return [
    ...[...filterReaders(declaration).keys()].map((name) => repeated(name, { type: 'string' })),
    repeated('fields', { type: 'string', enum: visible }),
    repeated('sort_key', { type: 'string', enum: sortKeys }),
    ...(['sort_dir', 'limit', 'marker', 'page_reverse'] as const).map(shared),
  ];
}
