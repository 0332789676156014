import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import { booleanFilter, integerFilter, textFilter } from '../listing/filters.js';
import type { ListDefinition } from '../listing/list-definition.js';
import type { Authorizer } from '../policy/authorizer.js';

export const imageList: ListDefinition = {
  from: sql`images i`,
  select: sql`i.id, i.name, i.status, i.visibility, i.protected, i.owner, i.disk_format, i.container_format, i.size,
    i.virtual_size, i.min_disk, i.min_ram, i.checksum, i.os_hidden, i.tags, i.properties, i.created_at, i.updated_at`,
  id: sql`i.id`,
  filters: {
    id: textFilter('i.id'),
    name: textFilter('i.name'),
    status: textFilter('i.status'),
    visibility: textFilter('i.visibility'),
    owner: textFilter('i.owner'),
    disk_format: textFilter('i.disk_format'),
    container_format: textFilter('i.container_format'),
    os_hidden: booleanFilter('i.os_hidden'),
    protected: booleanFilter('i.protected'),
    min_disk: integerFilter('i.min_disk'),
    min_ram: integerFilter('i.min_ram'),
    // Unlike the others, tags are joined by "and", as glance does it.
    tag: (values) => sql<boolean>`i.tags @> ${JSON.stringify(values)}::jsonb`,
  },
  sortKeys: {
    id: sql`i.id`,
    name: sql`i.name`,
    status: sql`i.status`,
    container_format: sql`i.container_format`,
    disk_format: sql`i.disk_format`,
    size: sql`i.size`,
    created_at: sql`i.created_at`,
    updated_at: sql`i.updated_at`,
  },
  defaultSort: [
    { key: 'created_at', dir: 'desc' },
    { key: 'id', dir: 'desc' },
  ],
};

/** Which images a caller sees: everybody's that are public or community ones, its own; administrators all. */
export function visibleImages(authorizer: Authorizer, ctx: RequestContext): RawBuilder<boolean> {
  if (authorizer.allows(ctx, 'image', 'get_image', {})) return sql<boolean>`true`;
  const target = { project_id: ctx.project_id, owner: ctx.project_id, visibility: 'public' };
  if (!authorizer.allows(ctx, 'image', 'get_image', target)) return sql<boolean>`false`;
  return sql<boolean>`(i.visibility in ('public', 'community') or i.owner = ${ctx.project_id})`;
}
