import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { PortData } from '#libs/contracts';
import type { Transaction } from '../../store/index.js';

/**
 * The binding columns of a port on a host (empty: unbound). `other` is neutron's VIF type for ports that no agent
 * wires.
 */
export function bindingOf(hostId: string): { readonly binding_host_id: string; readonly binding_vif_type: string } {
  return { binding_host_id: hostId, binding_vif_type: hostId === '' ? 'unbound' : 'other' };
}

/** Removes one of a port's INACTIVE bindings. */
export async function dropBinding(tx: Transaction, portId: string, host: string): Promise<void> {
  await sql`delete from inactive_port_bindings where port_id = ${portId} and host = ${host}`.execute(tx);
}

/** Removes all INACTIVE bindings of ports (`p`). */
export async function dropBindings(tx: Transaction, which: RawBuilder<boolean>): Promise<void> {
  await sql`delete from inactive_port_bindings b using ports p where p.id = b.port_id and ${which}`.execute(tx);
}

/** Adds to ports (`p`) an INACTIVE binding to a host, beside their current one. An existing one stays unchanged. */
export async function prepareBindings(tx: Transaction, which: RawBuilder<boolean>, host: string): Promise<void> {
  const { binding_vif_type: vifType } = bindingOf(host);
  await sql`
    insert into inactive_port_bindings (port_id, host, vnic_type, profile, vif_type)
    select p.id, ${host}, p.binding_vnic_type, p.binding_profile, ${vifType} from ports p
    where ${which} and p.binding_host_id <> ${host} on conflict do nothing`.execute(tx);
}

/**
 * Makes an INACTIVE binding of a locked port the ACTIVE one, and the former ACTIVE one INACTIVE. The port becomes DOWN,
 * since it is not plugged on the new host yet.
 */
export async function moveBinding(tx: Transaction, port: PortData, host: string): Promise<void> {
  await sql`
    with old as (
      insert into inactive_port_bindings (port_id, host, vnic_type, profile, vif_type, vif_details)
      select id, binding_host_id, binding_vnic_type, '{}', 'unbound', '{}' from ports
      where id = ${port.id} and binding_host_id <> ''
    ), new as (
      delete from inactive_port_bindings where port_id = ${port.id} and host = ${host} returning *
    )
    update ports p set binding_host_id = new.host, binding_vnic_type = new.vnic_type, binding_profile = new.profile,
      binding_vif_type = new.vif_type, binding_vif_details = new.vif_details, status = 'DOWN',
      revision_number = p.revision_number + 1, updated_at = business_now()
    from new where p.id = new.port_id`.execute(tx);
}
