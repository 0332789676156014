import { sql } from 'kysely';
import type { FloatingIpData, FloatingIpInput, ResourceArgs } from '#libs/contracts';
import { ExpectedError, FloatingIp } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import { insertRow } from '../../resources/resource-rows.js';
import type { Transaction } from '../../store/index.js';
import { violatedUnique } from '../../store/index.js';
import { parseAddress } from '../ipam/address.js';
import { badRequest, networkNotFound } from '../network.errors.js';
import { QosPolicyManager } from '../qos/qos-policy-manager.js';
import { NetworkManager } from '../networks/network-manager.js';
import { insertPort } from '../ports/insert-port.js';
import { servicePort } from '../ports/service-port.js';
import { FLOATING_IP } from '../ports/port-owners.js';
import { subnetsOf } from '../subnets/subnet-table.js';
import { associate } from './associate.js';
import { lockPortsWith, portsLedTo } from './lock-ports.js';
import { resourceTable } from '../../resources/resource-table.js';
import { shownForwardings } from './forwarded-ports.js';

/** How floating IPs (`f`) are read, with the ports (`p`) to which they lead. */
const floatingIpTable = resourceTable(FloatingIp, {
  alias: 'f',
  joins: sql`left join ports p on p.id = f.port_id`,
  columns: {
    port_details: sql`case when p.id is null then null else jsonb_build_object(
      'name', p.name, 'network_id', p.network_id, 'mac_address', p.mac_address, 'admin_state_up', p.admin_state_up,
      'status', p.status, 'device_id', p.device_id, 'device_owner', p.device_owner) end`,
    port_forwardings: shownForwardings,
    qos_network_policy_id: sql`(select n.qos_policy_id from networks n where n.id = f.floating_network_id)`,
  },
});

type FloatingIpDraft = Draft<FloatingIpData>;

const APART = { port_id: null, fixed_ip_address: null, router_id: null, status: 'DOWN' };

/**
 * Errors besides those of every resource: NetworkNotFound, NetworkBadRequest, ExternalIpAddressExhausted,
 * FloatingIPPortAlreadyAssociated, those of associate and of addresses.
 */
@Manages(floatingIpTable)
export class FloatingIpManager extends ResourceManager<FloatingIpData> {
  /** Locks the external networks, so that they are not deleted before the commit. */
  protected override async lockParents(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly FloatingIpDraft[],
  ): Promise<void> {
    for (const id of [...new Set(drafts.map(networkIdOf))].toSorted()) {
      const found = await sql`select 1 from networks where id = ${id} for key share`.execute(tx);
      if (found.rows.length === 0) throw networkNotFound(id);
      const network = await this.shared.managers.get(NetworkManager).get(context, id, tx);
      if (!network.router_external) {
        throw badRequest('floatingip', `Network ${id} is not a valid external network`);
      }
      const subnets = await subnetsOf(tx, id);
      if (subnets.every((subnet) => subnet.ip_version !== 4)) {
        throw badRequest('floatingip', `Network ${id} does not contain any IPv4 subnet`);
      }
    }
  }

  protected override async beforeCreate(
    tx: Transaction,
    draft: FloatingIpDraft,
    context: RequestContext,
  ): Promise<void> {
    const { input, values, owner } = draft;
    const { dns_name: name = '', dns_domain: domain = '' } = input;
    if (name === '' && domain !== '') {
      throw badRequest('floatingip', 'dns_domain cannot be specified without a dns_name');
    }
    if (name !== '' && domain === '') {
      throw badRequest('floatingip', 'dns_name cannot be specified without a dns_domain');
    }
    await this.shared.managers.get(QosPolicyManager).refer(tx, context, input.qos_policy_id);
    const ip = { project_id: owner, floating_network_id: networkIdOf(draft) };
    Object.assign(values, await this.#association(tx, context, ip, input));
  }

  protected override async insert(tx: Transaction, draft: FloatingIpDraft): Promise<void> {
    const { id, values, input } = draft;
    const networkId = networkIdOf(draft);
    const { subnet_id: subnetId, floating_ip_address: wanted } = input;
    const asked = {
      ...(typeof subnetId === 'string' ? { subnet_id: subnetId } : {}),
      ...(typeof wanted === 'string' ? { ip_address: wanted } : {}),
    };
    const port = await insertPort(
      tx,
      servicePort({
        network_id: networkId,
        project_id: '',
        device_id: id,
        device_owner: FLOATING_IP,
        fixed_ips: Object.keys(asked).length === 0 ? undefined : [asked],
      }),
      this.shared.settings.options.baseMac,
    );
    const address = port.fixed_ips.find(({ ip_address: text }) => parseAddress(text)?.version === 4)?.ip_address;
    if (address === undefined) {
      const text = `Unable to find any IP address on external network ${networkId}.`;
      throw new ExpectedError('ExternalIpAddressExhausted', text);
    }
    // This port is never plugged in.
    await sql`update ports set status = 'N/A' where id = ${port.id}`.execute(tx);
    const row = { ...values, floating_ip_address: address, floating_port_id: port.id };
    await told({ ...row, id }, networkId, () => insertRow(tx, floatingIpTable, row));
  }

  protected override async beforeUpdate(
    tx: Transaction,
    { row, input: given, values }: Change<FloatingIpData>,
    context: RequestContext,
  ): Promise<void> {
    // As in neutron, an empty update disassociates the address from its port; clients use it for that.
    const input = Object.values(given).every((value) => value === undefined) ? { port_id: null } : given;
    await this.shared.managers.get(QosPolicyManager).refer(tx, context, input.qos_policy_id);
    // Without port_id, the association stays.
    const isSame = input.port_id === undefined || (input.port_id === null && row.port_id === null);
    if (isSame && typeof input.fixed_ip_address !== 'string') {
      delete values['fixed_ip_address'];
      return;
    }
    if (typeof input.port_id === 'string') await refuseForwarding(tx, row.id);
    Object.assign(values, await this.#association(tx, context, row, input));
  }

  protected override store(tx: Transaction, change: Change<FloatingIpData>): Promise<void> {
    return told({ ...change.row, ...change.values }, change.row.floating_network_id, () => super.store(tx, change));
  }

  /** Deleting the port that holds its address also deletes the row. */
  protected override async beforeDelete(tx: Transaction, { id }: FloatingIpData): Promise<void> {
    await refuseForwarding(tx, id);
    await sql`delete from ports where id = (select floating_port_id from floatingips where id = ${id})`.execute(tx);
  }

  /** Also locks the port to associate. */
  protected override async lockReferences(
    tx: Transaction,
    { id }: ResourceArgs,
    { port_id: port }: FloatingIpInput,
  ): Promise<void> {
    if (typeof port === 'string') await lockPortsWith(tx, id, [port], 'share');
  }

  /** Locks the ports to which it leads first, in the same order as a delete of those ports. */
  override async lock(tx: Transaction, id: string, mode: 'change' | 'remove'): Promise<boolean> {
    await sql`select 1 from ports where id in (${portsLedTo(id)}) order by id for share`.execute(tx);
    return super.lock(tx, id, mode);
  }

  async #association(
    tx: Transaction,
    context: RequestContext,
    ip: { readonly project_id: string; readonly floating_network_id: string },
    { port_id: portId = null, fixed_ip_address: fixed = null }: FloatingIpInput,
  ): Promise<object> {
    if (portId !== null) {
      const association = await associate({ tx, shared: this.shared, context }, ip, portId, fixed);
      return { ...association, status: 'ACTIVE' };
    }
    if (fixed !== null) throw badRequest('floatingip', 'fixed_ip_address cannot be specified without a port_id');
    return APART;
  }
}

/** Error FipInUseByPortForwarding: it has port forwardings. */
async function refuseForwarding(tx: Transaction, id: string): Promise<void> {
  const found = await sql`select 1 from port_forwardings where floatingip_id = ${id} limit 1`.execute(tx);
  if (found.rows.length === 0) return;
  const text = `Floating IP ${id} in use by Port Forwarding resources.`;
  throw new ExpectedError('FipInUseByPortForwarding', text, { id });
}

function networkIdOf({ input }: FloatingIpDraft): string {
  if (input.floating_network_id === undefined) throw badRequest('floatingip', 'floating_network_id is required');
  return input.floating_network_id;
}

/**
 * Writes a row. The database allows only one floating IP of a network per fixed address. Error
 * FloatingIPPortAlreadyAssociated.
 */
async function told(
  row: Readonly<Record<string, unknown>>,
  networkId: string,
  write: () => Promise<unknown>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (violatedUnique(error) !== 'floatingips_fixed') throw error;
    throw new ExpectedError(
      'FloatingIPPortAlreadyAssociated',
      `Cannot associate floating IP ${String(row['floating_ip_address'])} (${String(row['id'])}) with port ${String(row['port_id'])} using fixed IP ${String(row['fixed_ip_address'])}, as that fixed IP already has a floating IP on external network ${networkId}.`,
    );
  }
}
