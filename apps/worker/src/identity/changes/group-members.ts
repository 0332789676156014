import { sql } from 'kysely';
import { ExpectedError } from '#libs/contracts';
import type { GroupData, GroupMemberArgs, MembershipListArgs, Page, UserData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { listRows } from '../../listing/list-rows.js';
import type { Queries } from '../../store/index.js';
import { findOne } from '../identity-kinds.js';
import { groupList, userList } from '../identity-lists.js';
import type { IdentityPolicy } from '../identity-policy.js';
import type { IdentityChanges } from './identity-changes.js';
import { endHeld } from './role-holders.js';

/** The group, without a policy check. Error GroupNotFound. */
export async function getGroup(db: Queries, id: string): Promise<GroupData> {
  const found = await findGroup(db, id);
  if (found === undefined) throw new ExpectedError('GroupNotFound', `Could not find group: ${id}.`, { id });
  return found;
}

async function findGroup(db: Queries, id: string): Promise<GroupData | undefined> {
  const result = await sql<GroupData>`
    select id, name, domain_id, description, extra from groups where id = ${id}`.execute(db);
  return result.rows[0];
}

/** The members of groups. Tokens follow: a user who leaves a group loses the tokens for roles from it. */
export class GroupMembers {
  constructor(
    private readonly changes: IdentityChanges,
    private readonly policy: IdentityPolicy,
  ) {}

  async add(ctx: RequestContext, args: GroupMemberArgs): Promise<void> {
    await this.changes.run({ kind: 'user', name: args.user_id }, async (tx) => {
      await this.#requireBoth(ctx, tx, args, 'add_user_to_group');
      await tx
        .insertInto('group_members')
        .values({ group_id: args.group_id, user_id: args.user_id })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  }

  async remove(ctx: RequestContext, args: GroupMemberArgs): Promise<void> {
    await this.changes.run({ kind: 'user', name: args.user_id }, async (tx) => {
      await this.#requireBoth(ctx, tx, args, 'remove_user_from_group');
      const { group_id: group, user_id: user } = args;
      const subjects = await endHeld(tx, sql`h.group_id = ${group} and h.user_id = ${user}`);
      const result = await tx
        .deleteFrom('group_members')
        .where('group_id', '=', group)
        .where('user_id', '=', user)
        .executeTakeFirst();
      if (result.numDeletedRows === 0n) throw notMember(args);
      await this.changes.revoke(tx, ctx, subjects);
    });
  }

  async check(ctx: RequestContext, args: GroupMemberArgs): Promise<void> {
    const { db } = this.changes.store;
    await this.#requireBoth(ctx, db, args, 'check_user_in_group');
    const found = await db
      .selectFrom('group_members')
      .select('user_id')
      .where('group_id', '=', args.group_id)
      .where('user_id', '=', args.user_id)
      .executeTakeFirst();
    if (found === undefined) throw notMember(args);
  }

  async users(ctx: RequestContext, args: MembershipListArgs): Promise<Page<UserData>> {
    const { db } = this.changes.store;
    const group = await findGroup(db, args.id);
    this.policy.authorize(ctx, 'list_users_in_group', group === undefined ? {} : { group });
    await getGroup(db, args.id);
    const own = sql<boolean>`exists (
      select 1 from group_members m where m.user_id = u.id and m.group_id = ${args.id})`;
    const visible = ctx.domain_id === null ? own : sql<boolean>`(${own} and u.domain_id = ${ctx.domain_id})`;
    const { rows } = await listRows<UserData>(db, userList, visible, filtersOf(args));
    return { objects: rows, next_marker: null };
  }

  async groups(ctx: RequestContext, args: MembershipListArgs): Promise<Page<GroupData>> {
    const { db } = this.changes.store;
    const user = await findOne(db, 'user', args.id);
    this.policy.authorize(ctx, 'list_groups_for_user', user === null ? {} : { user }, { user_id: args.id });
    await this.changes.get(db, 'user', args.id);
    const own = sql<boolean>`exists (
      select 1 from group_members m where m.group_id = t.id and m.user_id = ${args.id})`;
    const visible = ctx.domain_id === null ? own : sql<boolean>`(${own} and t.domain_id = ${ctx.domain_id})`;
    const { rows } = await listRows<GroupData>(db, groupList, visible, filtersOf(args));
    return { objects: rows, next_marker: null };
  }

  async #requireBoth(ctx: RequestContext, db: Queries, args: GroupMemberArgs, action: string): Promise<void> {
    const group = await findGroup(db, args.group_id);
    const user = await findOne(db, 'user', args.user_id);
    this.policy.authorize(ctx, action, {
      ...(group === undefined ? {} : { group }),
      ...(user === null ? {} : { user }),
    });
    await this.changes.get(db, 'user', args.user_id);
    await getGroup(db, args.group_id);
  }
}

function filtersOf({ filters }: MembershipListArgs): Pick<MembershipListArgs, 'filters'> {
  return filters === undefined ? {} : { filters };
}

function notMember({ user_id: user, group_id: group }: GroupMemberArgs): ExpectedError {
  return new ExpectedError('GroupMemberNotFound', `User '${user}' not found in group '${group}'.`);
}
