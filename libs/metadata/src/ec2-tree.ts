import type { InstanceMetadataData } from '#libs/contracts';
import type { MetadataDirectory, MetadataNode } from './directory.js';

export const EC2_VERSIONS = [
  '1.0',
  '2007-01-19',
  '2007-03-01',
  '2007-08-29',
  '2007-10-10',
  '2007-12-15',
  '2008-02-01',
  '2008-09-01',
  '2009-04-04',
] as const;

/** An id in EC2's long form, derived from a UUID: nova's row numbers do not exist here. */
function ec2Id(kind: 'i' | 'ami', uuid: string): string {
  return `${kind}-${uuid.replaceAll('-', '').slice(0, 17)}`;
}

/** `hostname` with the domain of `[api] dhcp_domain`. */
export function fullHostname(hostname: string, domain: string): string {
  return domain === '' ? hostname : `${hostname}.${domain}`;
}

/** The unchanged user data, undefined if there is none. */
export function userData(data: InstanceMetadataData): Buffer | undefined {
  const { user_data: text } = data.server;
  return text === null ? undefined : Buffer.from(text, 'base64');
}

function publicAddress(addresses: InstanceMetadataData['server']['addresses']): string {
  return addresses.find(({ fixed_addr: fixed }) => fixed !== undefined)?.addr ?? '';
}

/**
 * The EC2 tree of one version; undefined for an unknown version. It does not contain `user-data`, which is not text.
 */
export function ec2Tree(data: InstanceMetadataData, version: string, domain: string): MetadataDirectory | undefined {
  const known: readonly string[] = EC2_VERSIONS;
  const at = version === 'latest' ? known.length - 1 : known.indexOf(version);
  if (at < 0) return undefined;
  const since = (first: (typeof EC2_VERSIONS)[number]): boolean => at >= known.indexOf(first);
  const { server } = data;
  const hostname = fullHostname(server.hostname, domain);
  const tree: Record<string, MetadataNode> = {
    'ami-id': server.image_ref === '' ? '' : ec2Id('ami', server.image_ref),
    'ami-launch-index': String(server.launch_index),
    'ami-manifest-path': '',
    'instance-id': ec2Id('i', server.id),
    hostname,
    'local-ipv4': server.addresses.find((address) => address.version === 4)?.addr ?? '',
    'reservation-id': server.reservation_id,
    'security-groups': server.security_groups,
  };
  if (data.public_key !== null && server.key_name !== null) {
    tree['public-keys'] = { '0': { _name: `0=${server.key_name}`, 'openssh-key': data.public_key } };
  }
  if (since('2007-01-19')) {
    Object.assign(tree, {
      'local-hostname': hostname,
      'public-hostname': hostname,
      'public-ipv4': publicAddress(server.addresses),
    });
  }
  if (since('2007-08-29')) tree['instance-type'] = server.flavor.name;
  if (since('2007-12-15')) {
    const root = server.root_device_name ?? '/dev/vda';
    tree['block-device-mapping'] = { ami: root.replace(/^\/dev\//, ''), root };
  }
  if (since('2008-02-01')) tree['placement'] = { 'availability-zone': server.availability_zone ?? '' };
  if (since('2008-09-01')) tree['instance-action'] = 'none';
  return { 'meta-data': tree };
}
