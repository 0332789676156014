import { sql } from 'kysely';
import { FloatingIp } from '#libs/contracts';
import { resourceTable } from '../../resources/resource-table.js';
import { shownForwardings } from './forwarded-ports.js';

/** How floating IPs (`f`) are read, with the ports (`p`) that they lead to. */
export const floatingIpTable = resourceTable(FloatingIp, {
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
