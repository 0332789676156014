import { randomUUID } from 'node:crypto';
import type { SubnetInput } from '#libs/contracts';
import { planSubnet } from '../network/subnets/subnet-plan.js';
import type { Queries } from '../store/index.js';

let segments = 1_000_000;

/** Puts a network into the database and returns its id. */
export async function insertNetwork(
  db: Queries,
  values: { name?: string; project_id?: string; shared?: boolean; router_external?: boolean } = {},
): Promise<string> {
  const id = randomUUID();
  segments += 1;
  await db
    .insertInto('networks')
    .values({
      id,
      name: values.name ?? 'n',
      project_id: values.project_id ?? 'p1',
      description: '',
      admin_state_up: true,
      status: 'ACTIVE',
      shared: values.shared ?? false,
      router_external: values.router_external ?? false,
      is_default: false,
      mtu: 1450,
      port_security_enabled: true,
      dns_domain: '',
      provider_network_type: 'vxlan',
      provider_physical_network: null,
      provider_segmentation_id: segments,
    })
    .execute();
  return id;
}

/** Puts a subnet with its default pools into the database and returns its id. */
export async function insertSubnet(
  db: Queries,
  networkId: string,
  cidr: string,
  input: SubnetInput = {},
): Promise<string> {
  const id = randomUUID();
  const plan = planSubnet(Object.assign({}, input, { cidr }));
  await db
    .insertInto('subnets')
    .values({
      ...plan,
      id,
      network_id: networkId,
      name: '',
      project_id: 'p1',
      description: '',
      enable_dhcp: true,
      allocation_pools: JSON.stringify(plan.allocation_pools),
      dns_nameservers: '[]',
      host_routes: '[]',
    })
    .execute();
  return id;
}
