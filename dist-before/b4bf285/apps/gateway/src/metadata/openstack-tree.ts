import { randomBytes } from 'node:crypto';
import type { InstanceMetadataData } from '#libs/contracts';
import { fullHostname } from './ec2-tree.js';

export const OPENSTACK_VERSIONS = [
  '2012-08-10',
  '2013-04-04',
  '2013-10-17',
  '2015-10-15',
  '2016-06-30',
  '2016-10-06',
  '2017-02-22',
  '2018-08-27',
  '2020-10-14',
  '2025-04-04',
] as const;
type OpenstackVersion = (typeof OPENSTACK_VERSIONS)[number];

const SEED_BYTES = 512;

/** Whether `version` (or `latest`) is `first` or newer; undefined for an unknown version. */
export function sinceOf(version: string): ((first: OpenstackVersion) => boolean) | undefined {
  const known: readonly string[] = OPENSTACK_VERSIONS;
  const at = version === 'latest' ? known.length - 1 : known.indexOf(version);
  return at < 0 ? undefined : (first) => at >= known.indexOf(first);
}

/** Names in the directory of a version. */
export function openstackFiles(since: (first: OpenstackVersion) => boolean, hasUserData: boolean): string[] {
  return [
    'meta_data.json',
    ...(hasUserData ? ['user_data'] : []),
    ...(since('2013-10-17') ? ['vendor_data.json'] : []),
    ...(since('2015-10-15') ? ['network_data.json'] : []),
    ...(since('2016-10-06') ? ['vendor_data2.json'] : []),
  ];
}

/** `meta_data.json` of a version. */
export function metaData(
  data: InstanceMetadataData,
  since: (first: OpenstackVersion) => boolean,
  domain: string,
): Record<string, unknown> {
  const { server, public_key: publicKey } = data;
  const body: Record<string, unknown> = { uuid: server.id };
  if (Object.keys(server.metadata).length > 0) body['meta'] = server.metadata;
  if (publicKey !== null && server.key_name !== null) {
    body['public_keys'] = { [server.key_name]: publicKey };
    body['keys'] = [{ name: server.key_name, type: 'ssh', data: publicKey }];
  }
  body['hostname'] = fullHostname(server.hostname, domain);
  body['name'] = server.name;
  body['launch_index'] = server.launch_index;
  body['availability_zone'] = server.availability_zone;
  if (since('2013-04-04')) body['random_seed'] = randomBytes(SEED_BYTES).toString('base64');
  if (since('2015-10-15')) body['project_id'] = server.project_id;
  if (since('2016-06-30')) body['devices'] = [];
  if (since('2020-10-14')) body['dedicated_cpus'] = [];
  return body;
}

/** `network_data.json`: a link for each port; addresses come by DHCP, since masks and routes are not known here. */
export function networkData(data: InstanceMetadataData): Record<string, unknown> {
  const links = new Map(
    data.ports.map(({ port_id: port, mac_address: mac }) => {
      const id = `tap${port.slice(0, 11)}`;
      return [port, { id, vif_id: port, type: 'phy', mtu: null, ethernet_mac_address: mac }] as const;
    }),
  );
  const networks = data.server.addresses.flatMap((address, index) => {
    const link = links.get(address.port_id);
    if (link === undefined) return [];
    const type = address.version === 4 ? 'ipv4_dhcp' : 'ipv6_dhcp';
    return [{ id: `network${index}`, type, link: link.id, network_id: address.network_id }];
  });
  return { links: [...links.values()], networks, services: [] };
}
