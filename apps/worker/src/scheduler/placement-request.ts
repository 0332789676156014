import { sql } from 'kysely';
import type { InstanceRow } from '../instances/instance-row.js';
import type { Transaction } from '../store/index.js';

/** The group of a server, with the hosts of its other members: one entry per member. */
export interface PlacementGroup {
  readonly policy: string;
  readonly rules: Readonly<Record<string, number>>;
  readonly hosts: readonly string[];
}

/** The input of filters and weights: a server, its group, and the hosts of servers that its hints name. */
export interface PlacementRequest {
  readonly instance: InstanceRow;
  readonly group: PlacementGroup | null;
  /** By the id of the server. */
  readonly hostsOfServers: ReadonlyMap<string, string>;
}

/** Locks the group, so that another member that is placed at the same time waits until this one has its host. */
export async function placementRequest(tx: Transaction, instance: InstanceRow): Promise<PlacementRequest> {
  const hints = instance.request_spec.scheduler_hints ?? {};
  const named = ['same_host', 'different_host'].flatMap((name) => textsOf(hints[name]));
  const rows =
    named.length === 0
      ? []
      : await tx
          .selectFrom('instances')
          .select(['id', 'host'])
          .where('id', 'in', named)
          .where('project_id', '=', instance.project_id)
          .where('deleted', '=', false)
          .execute();
  const hostsOfServers = new Map(rows.flatMap(({ id, host }) => (host === null ? [] : [[id, host] as const])));
  return { instance, group: await groupOf(tx, instance), hostsOfServers };
}

async function groupOf(tx: Transaction, instance: InstanceRow): Promise<PlacementGroup | null> {
  const { server_group_id: id } = instance;
  if (id === null) return null;
  await sql`select pg_advisory_xact_lock(hashtextextended(${`server-group:${id}`}, 0))`.execute(tx);
  const group = await tx.selectFrom('instance_groups').selectAll().where('id', '=', id).executeTakeFirst();
  if (group === undefined) return null;
  const members = await tx
    .selectFrom('instances')
    .select('host')
    .where('server_group_id', '=', id)
    .where('id', '<>', instance.id)
    .where('deleted', '=', false)
    .where('host', 'is not', null)
    .execute();
  return { policy: group.policy, rules: group.rules, hosts: members.map(({ host }) => host ?? '') };
}

/** A hint that is one text or a list of them. */
export function textsOf(hint: unknown): readonly string[] {
  return [hint].flat().filter((value) => typeof value === 'string');
}
