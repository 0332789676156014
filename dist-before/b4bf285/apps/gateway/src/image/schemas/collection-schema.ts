import type { Schema } from './image.schema.js';

/** The schema of a list of what `entry` describes. */
export function collectionSchema(name: string, entry: Schema, paged: boolean): Schema {
  const pages: Schema = paged ? { first: { type: 'string' }, next: { type: 'string' } } : {};
  const links = [
    { rel: 'first', href: '{first}' },
    { rel: 'next', href: '{next}' },
  ];
  return {
    name,
    properties: { [name]: { type: 'array', items: entry }, ...pages, schema: { type: 'string' } },
    links: [...(paged ? links : []), { rel: 'describedby', href: '{schema}' }],
  };
}
