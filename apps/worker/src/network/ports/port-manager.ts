import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { NetworkData, PortData, PortInput } from '#libs/contracts';
import { ExpectedError } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { Loader } from '../../resources/resource-manager.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Queries, Transaction } from '../../store/index.js';
import { badRequest, networkNotFound } from '../network.errors.js';
import { NetworkManager } from '../networks/network-manager.js';
import {
  disassociate,
  followAddresses,
  lockRouterOf,
  refuseForeignFloatingIps,
  refuseForeignRouter,
  refuseMovedAddress,
  refuseServicePort,
} from './l3-ports.js';
import { dropLostForwardings } from '../floating-ips/forwarded-ports.js';
import { QosPolicyManager } from '../qos/qos-policy-manager.js';
import { insertPort } from './insert-port.js';
import { planPort } from './port-plan.js';
import { portTable } from './port-table.js';
import { visiblePorts } from './load-ports.js';
import { ensureDefaultGroup } from '../security-groups/default-group.js';
import {
  groupsNeedPortSecurity,
  isTrusted,
  replaceGroups,
  requirePortSecurity,
} from '../security-groups/port-groups.js';
import { SecurityGroupManager } from '../security-groups/security-group-manager.js';
import { updatePort } from './update-port.js';

/** Error PortInUseAsTrunkParent or PortInUseAsSubPort for a port of a trunk: the trunk has to be deleted first. */
async function refuseTrunkPort(tx: Transaction, portId: string): Promise<void> {
  const { rows } = await sql<{ trunk_id: string; parent: boolean }>`
    select id as trunk_id, true as parent from trunks where port_id = ${portId}
    union all select trunk_id, false from subports where port_id = ${portId}`.execute(tx);
  const [found] = rows;
  if (found === undefined) return;
  const [code, what] = found.parent
    ? (['PortInUseAsTrunkParent', 'parent port'] as const)
    : (['PortInUseAsSubPort', 'subport'] as const);
  throw new ExpectedError(code, `Port ${portId} is currently a ${what} for trunk ${found.trunk_id}.`);
}

/** A DNS name of one of a port's addresses. */
interface DnsAssignment {
  readonly ip_address: string;
  readonly hostname: string;
  readonly fqdn: string;
}

/**
 * The DNS names of a port's addresses in a domain (neutron's dns_integration): the port's own, or one derived from the
 * address.
 */
export function dnsAssignment(
  { dns_name: name, fixed_ips: fixedIps }: Pick<PortData, 'dns_name' | 'fixed_ips'>,
  domain: string,
): readonly DnsAssignment[] {
  const suffix = domain === '' ? '' : `.${domain.replace(/\.$/, '')}.`;
  return fixedIps.map(({ ip_address: address }) => {
    const hostname = name === '' ? `host-${address.replaceAll(/[.:]/g, '-')}` : name;
    return { ip_address: address, hostname, fqdn: hostname.endsWith('.') ? hostname : `${hostname}${suffix}` };
  });
}

type PortDraft = Draft<PortData, PortInput>;

/**
 * Errors besides those of every resource: NetworkNotFound, InvalidInput, PortBound, MacAddressInUse, those of addresses
 * and of l3-ports.
 */
@Manages(portTable)
export class PortManager extends ResourceManager<PortData, PortInput> {
  protected override readonly loaders: Readonly<Record<string, Loader<PortData>>> = {
    dns_assignment: async (_db, ports) =>
      ports.map((port) => dnsAssignment(port, this.shared.settings.options.dnsDomain)),
  };

  protected override visible(context: RequestContext): RawBuilder<boolean> {
    return visiblePorts(this.shared.policy, context);
  }

  /** Locks the networks, so that they are not deleted before the commit. */
  protected override async lockParents(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly PortDraft[],
  ): Promise<void> {
    const networks = new Map<string, NetworkData>();
    for (const id of [...new Set(drafts.map(networkIdOf))].toSorted()) {
      networks.set(id, await this.#referTo(tx, context, id));
    }
    for (const draft of drafts) draft.parent = networks.get(networkIdOf(draft)) ?? {};
  }

  protected override parentOf(
    db: Queries,
    { network_id: id }: PortData,
    context: RequestContext,
  ): Promise<NetworkData | undefined> {
    return this.shared.managers.get(NetworkManager).parentFor(db, context, id);
  }

  protected override async beforeCreate(tx: Transaction, draft: PortDraft, context: RequestContext): Promise<void> {
    const port = planPort(draft.input, draft.owner, draft.parent as NetworkData);
    await refuseForeignRouter(tx, context, port, draft.owner);
    await this.shared.managers.get(QosPolicyManager).refer(tx, context, draft.input.qos_policy_id);
    const { security_groups: wanted } = draft.input;
    if (!port.port_security_enabled && (wanted ?? []).length > 0) throw groupsNeedPortSecurity();
    if (isTrusted(port.device_owner)) return;
    if (wanted !== undefined) draft.values['security_groups'] = await this.#groups.refer(tx, context, wanted);
    else if (port.port_security_enabled) draft.values['security_groups'] = [await ensureDefaultGroup(tx, draft.owner)];
  }

  protected override async insert(tx: Transaction, { id, input, owner, parent, values }: PortDraft): Promise<void> {
    const port = planPort(input, owner, parent as NetworkData);
    const groups = (values['security_groups'] as readonly string[] | undefined) ?? [];
    await insertPort(tx, { ...port, security_groups: groups }, this.shared.settings.options.baseMac, id);
  }

  protected override async beforeUpdate(
    tx: Transaction,
    { row, input }: Change<PortData, PortInput>,
    context: RequestContext,
  ): Promise<void> {
    requirePortSecurity(row, input);
    if (input.device_id !== undefined || input.device_owner !== undefined) {
      await refuseForeignRouter(tx, context, { ...row, ...input }, row.project_id);
    }
    await this.shared.managers.get(QosPolicyManager).replace(tx, context, input.qos_policy_id, row.qos_policy_id);
    if (input.security_groups === undefined) return;
    const trusted = isTrusted(input.device_owner ?? row.device_owner);
    await replaceGroups(tx, row.id, trusted ? [] : await this.#groups.refer(tx, context, input.security_groups));
  }

  protected override async store(tx: Transaction, { row, input }: Change<PortData, PortInput>): Promise<void> {
    await refuseMovedAddress(tx, row.id, input.fixed_ips);
    await updatePort(tx, row, input, this.shared.settings.options.baseMac);
    if (input.fixed_ips === undefined) return;
    await followAddresses(tx, row.id);
    await dropLostForwardings(tx, row.id);
  }

  protected override async beforeDelete(tx: Transaction, port: PortData, context: RequestContext): Promise<void> {
    await refuseServicePort(tx, port);
    await refuseTrunkPort(tx, port.id);
    await refuseForeignFloatingIps(tx, port.id, context);
    await disassociate(tx, [port.id]);
  }

  /** Locks the router that has the port as its interface first. */
  override async lock(tx: Transaction, id: string, mode: 'change' | 'remove'): Promise<boolean> {
    await lockRouterOf(tx, id);
    return super.lock(tx, id, mode);
  }

  get #groups(): SecurityGroupManager {
    return this.shared.managers.get(SecurityGroupManager);
  }

  async #referTo(tx: Transaction, context: RequestContext, id: string): Promise<NetworkData> {
    const found = await sql`select 1 from networks where id = ${id} for key share`.execute(tx);
    if (found.rows.length === 0) throw networkNotFound(id);
    return this.shared.managers.get(NetworkManager).get(context, id, tx);
  }
}

function networkIdOf({ input }: PortDraft): string {
  if (input.network_id === undefined) throw badRequest('port', 'network_id is required');
  return input.network_id;
}
