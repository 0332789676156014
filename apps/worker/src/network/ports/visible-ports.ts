import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { RequestContext } from '#libs/telemetry';
import { ofNetworks } from '../networks/visible-networks.js';
import { FOREIGN, FOREIGN_NETWORK } from '../network-policy.js';
import type { NetworkPolicy } from '../network-policy.js';

/** A condition on ports `p`: what the caller may see. */
export function visiblePorts(policy: NetworkPolicy, context: RequestContext): RawBuilder<boolean> {
  const { project_id: project } = context;
  return policy.visible(context, 'get_port', [
    policy.ownRows(context, 'p', FOREIGN_NETWORK),
    {
      example: FOREIGN,
      parent: { project_id: project },
      condition: ofNetworks('p', sql<boolean>`n.project_id = ${project}`),
    },
  ]);
}
