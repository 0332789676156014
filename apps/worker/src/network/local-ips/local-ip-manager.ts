import { sql } from 'kysely';
import { ExpectedError, LocalIp } from '#libs/contracts';
import type { LocalIpData, PortData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import { ResourceManager } from '../../resources/resource-manager.js';
import type { Draft } from '../../resources/drafts.js';
import type { Transaction } from '../../store/index.js';
import { badRequest, networkNotFound } from '../network.errors.js';
import { NetworkManager } from '../networks/network-manager.js';
import { insertPort } from '../ports/insert-port.js';
import { PortManager } from '../ports/port-manager.js';
import { servicePort } from '../ports/service-port.js';
import { LOCAL_IP } from '../ports/port-owners.js';
import { subnetsOf } from '../subnets/subnet-table.js';
import { chosenFixedIp } from './chosen-fixed-ip.js';

/**
 * Errors besides those of every resource: LocalIPPortOrNetworkRequired, LocalIPInUse, those of chosenFixedIp and of
 * addresses.
 */
@Manages(LocalIp)
export class LocalIpManager extends ResourceManager<LocalIpData> {
  protected override async beforeCreate(
    tx: Transaction,
    draft: Draft<LocalIpData>,
    context: RequestContext,
  ): Promise<void> {
    const { input, values } = draft;
    const { local_port_id: portId, network_id: networkId, local_ip_address: wanted = null } = input;
    if (portId === undefined && networkId === undefined) {
      const text = 'Either Port ID or Network ID must be specified for Local IP create.';
      throw new ExpectedError('LocalIPPortOrNetworkRequired', text);
    }
    const port =
      portId === undefined
        ? await this.#makePort(tx, draft, context)
        : await this.shared.managers.get(PortManager).lockVisible(tx, context, portId);
    values['local_port_id'] = port.id;
    values['network_id'] = port.network_id;
    values['local_ip_address'] = chosenFixedIp(port, wanted);
  }

  protected override async beforeDelete(tx: Transaction, { id }: LocalIpData): Promise<void> {
    const found = await sql`select 1 from local_ip_associations where local_ip_id = ${id} limit 1`.execute(tx);
    if (found.rows.length === 0) return;
    throw new ExpectedError('LocalIPInUse', `Local IP ${id} is still associated with one or more ports.`, { id });
  }

  /** Deletes the port that was created for it. */
  protected override async afterDelete(tx: Transaction, { local_port_id: port }: LocalIpData): Promise<void> {
    await sql`delete from ports where id = ${port} and device_owner = ${LOCAL_IP}`.execute(tx);
  }

  async #makePort(
    tx: Transaction,
    { id, owner, input }: Draft<LocalIpData>,
    context: RequestContext,
  ): Promise<PortData> {
    const networkId = input.network_id ?? '';
    const found = await sql`select 1 from networks where id = ${networkId} for key share`.execute(tx);
    if (found.rows.length === 0) throw networkNotFound(networkId);
    await this.shared.managers.get(NetworkManager).get(context, networkId, tx);
    const subnets = await subnetsOf(tx, networkId);
    const first = subnets.find((subnet) => subnet.ip_version === 4);
    if (first === undefined) throw badRequest('local_ip', `Network ${networkId} does not contain any IPv4 subnet`);
    const { local_ip_address: address } = input;
    const port = await insertPort(
      tx,
      servicePort({
        network_id: networkId,
        project_id: owner,
        device_id: id,
        device_owner: LOCAL_IP,
        fixed_ips: [typeof address === 'string' ? { ip_address: address } : { subnet_id: first.id }],
      }),
      this.shared.settings.options.baseMac,
    );
    await sql`update ports set status = 'N/A' where id = ${port.id}`.execute(tx);
    return port;
  }
}
