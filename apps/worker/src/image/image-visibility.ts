import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { ListArgs } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Authorizer } from '../policy/authorizer.js';

const ALL = sql<boolean>`true`;
const NONE = sql<boolean>`false`;

/**
 * Which images a caller can know of: everybody's that are public or community ones, its own, and those that are shared
 * with it (whatever it has made of that); administrators all. Writers lock what they find by the same condition.
 */
export function visibleImages(authorizer: Authorizer, ctx: RequestContext): RawBuilder<boolean> {
  return visible(authorizer, ctx, null);
}

/**
 * Which images a list shows: as above, but of the shared ones only those that the project has accepted (or has in the
 * status that is asked for), and the community images of others only when the visibility is asked for.
 */
export function listedImages(authorizer: Authorizer, ctx: RequestContext, args: ListArgs): RawBuilder<boolean> {
  const status = args.filters?.['member_status']?.at(-1) ?? 'accepted';
  const shown = visible(authorizer, ctx, status === 'all' ? null : status);
  if (args.filters?.['visibility'] !== undefined) return shown;
  return sql<boolean>`(${shown} and (i.visibility <> 'community' or i.owner = ${ctx.project_id ?? ''}))`;
}

function visible(authorizer: Authorizer, ctx: RequestContext, memberStatus: string | null): RawBuilder<boolean> {
  if (authorizer.allows(ctx, 'image', 'get_image', {})) return ALL;
  const project = ctx.project_id ?? '';
  const target = { project_id: project, owner: project, visibility: 'public' };
  if (!authorizer.allows(ctx, 'image', 'get_image', target)) return NONE;
  if (project === '') return sql<boolean>`i.visibility in ('public', 'community')`;
  const status = memberStatus === null ? ALL : sql`m.status = ${memberStatus}`;
  // Each part has an index of its own: the shared ones are named by id, as an "exists" could be found by none.
  return sql<boolean>`(i.visibility in ('public', 'community') or i.owner = ${project}
    or (i.visibility = 'shared' and i.id = any(array(
      select m.image_id from image_members m where m.member_id = ${project} and ${status}))))`;
}
