import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import { FOREIGN_NETWORK } from '../network-policy.js';
import type { NetworkPolicy } from '../network-policy.js';
import { ALL, EXTERNAL, sharedWith } from '../sharing/shared-rows.js';

/** A condition on networks `n`: what the caller may see. */
export function visibleNetworks(policy: NetworkPolicy, context: RequestContext): RawBuilder<boolean> {
  return policy.visible(context, 'get_network', [
    policy.ownRows(context, 'n'),
    { example: { ...FOREIGN_NETWORK, shared: true }, condition: sharedWith(context, 'network', 'n') },
    { example: { ...FOREIGN_NETWORK, 'router:external': true }, condition: externalFor(context) },
  ]);
}

/** External networks that no policy keeps from the caller; one without any policy is an older worker's, for all. */
export function externalFor(context: RequestContext): RawBuilder<boolean> {
  return sql<boolean>`(n.router_external and coalesce((
    select bool_or(r.target_project in (${ALL}, ${context.project_id ?? ''})) from rbac_policies r
    where r.object_id = n.id and r.action = ${EXTERNAL}), true))`;
}

/**
 * A condition on rows (`alias`) of networks: `which` holds for their network (`n`). The networks are an array, so that an
 * index of the rows finds them beside others of an "or".
 */
export function ofNetworks(alias: string, which: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(`${alias}.network_id`)} = any(array(select n.id from networks n where ${which}))`;
}
