import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import { FOREIGN_NETWORK } from '../network-policy.js';
import type { NetworkPolicy } from '../network-policy.js';

/** A condition on networks `n`: what the caller may see. */
export function visibleNetworks(policy: NetworkPolicy, context: RequestContext): RawBuilder<boolean> {
  return policy.visible(context, 'get_network', [
    policy.ownRows(context, 'n'),
    { example: { ...FOREIGN_NETWORK, shared: true }, condition: sql<boolean>`n.shared` },
    { example: { ...FOREIGN_NETWORK, 'router:external': true }, condition: sql<boolean>`n.router_external` },
  ]);
}
