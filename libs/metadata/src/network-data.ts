import ipaddr from 'ipaddr.js';
import type { InstanceMetadataData, InstanceNic, InstanceNicAddress } from '#libs/contracts';

/** nova.network.model.LEGACY_EXPOSED_VIF_TYPES: a link of any other type is shown as "phy". */
const EXPOSED_TYPES = ['bridge', 'dvs', 'hw_veb', 'hyperv', 'ovs', 'tap', 'vhostuser', 'vif'];

type Dns = { readonly type: 'dns'; readonly address: string };

/**
 * `network_data.json` as nova.virt.netutils makes it: a link for each NIC that has an address, a network for its first
 * address of each IP version. Undefined when an older worker does not send the NICs.
 */
export function networkData({ nics }: InstanceMetadataData): Record<string, unknown> | undefined {
  if (nics === undefined) return undefined;
  const addressed = nics.filter((nic) => nic.fixed_ips.length > 0);
  const told = addressed.flatMap((nic) =>
    ([4, 6] as const).flatMap((version) => {
      const address = nic.fixed_ips.find((fixedIp) => fixedIp.ip_version === version);
      return address === undefined ? [] : [{ nic, address }];
    }),
  );
  const services = new Map(told.flatMap(({ address }) => dnsOf(address)).map((dns) => [dns.address, dns]));
  return {
    links: addressed.map((nic) => ({
      id: linkId(nic),
      vif_id: nic.port_id,
      type: EXPOSED_TYPES.includes(nic.vif_type) ? nic.vif_type : 'phy',
      mtu: nic.mtu,
      ethernet_mac_address: nic.mac_address,
    })),
    networks: told.map(({ nic, address }, index) => networkOf(nic, address, `network${index}`)),
    services: [...services.values()],
  };
}

/** `devices` of `meta_data.json`: NICs with a tag; `trust`: whether the version contains trusted virtual functions. */
export function taggedDevices({ nics = [] }: InstanceMetadataData, trust: boolean): Record<string, unknown>[] {
  return nics.flatMap(({ tag, mac_address: mac }) => {
    if (tag === null) return [];
    // nova's values for a device whose place the hypervisor does not report.
    const place = { bus: 'none', address: 'none' };
    return [{ ...(trust ? { vf_trusted: false } : {}), type: 'nic', mac, ...place, tags: [tag] }];
  });
}

function linkId({ port_id: portId }: InstanceNic): string {
  return `tap${portId.slice(0, 11)}`;
}

function networkOf(nic: InstanceNic, address: InstanceNicAddress, id: string): Record<string, unknown> {
  const { ip_version: version, ipv6_address_mode: mode } = address;
  const place = { link: linkId(nic), network_id: nic.network_id };
  if (mode === null && address.enable_dhcp) return { id, type: `ipv${version}_dhcp`, ...place };
  return {
    id,
    type: mode === null ? `ipv${version}` : `ipv${version}_${mode}`,
    ...place,
    ip_address: address.ip_address,
    netmask: netmaskOf(address.cidr),
    routes: routesOf(address),
    services: dnsOf(address),
  };
}

function routesOf({ ip_version: version, gateway_ip: gateway, host_routes: routes }: InstanceNicAddress): object[] {
  const any = version === 4 ? '0.0.0.0' : '::';
  return [
    ...(gateway === null ? [] : [{ network: any, netmask: any, gateway }]),
    ...routes.map(({ destination, nexthop }) => ({
      network: networkAddress(destination),
      netmask: netmaskOf(destination),
      gateway: nexthop,
    })),
  ];
}

function networkAddress(cidr: string): string {
  const family = cidr.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4;
  return family.networkAddressFromCIDR(cidr).toString();
}

function netmaskOf(cidr: string): string {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const family = address.kind() === 'ipv6' ? ipaddr.IPv6 : ipaddr.IPv4;
  return family.subnetMaskFromPrefixLength(prefix).toString();
}

function dnsOf({ dns_nameservers: servers }: InstanceNicAddress): Dns[] {
  return servers.map((address) => ({ type: 'dns', address }));
}
