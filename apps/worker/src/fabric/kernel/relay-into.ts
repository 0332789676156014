import { fileURLToPath } from 'node:url';
import type { PortData } from '#libs/contracts';
import { dhcpNamespace } from '../layout/names.js';
import type { NetworkSpace } from './network-space.js';

const RELAY = fileURLToPath(new URL('./relay.js', import.meta.url));

/**
 * A program that connects its stdin and stdout to a TCP port of the first IPv4 address whose network has its services
 * here. It runs in their namespace, so security groups apply to it as to any other host on the network. Null: there is
 * no such address.
 */
export async function relayInto(
  space: NetworkSpace,
  ports: readonly PortData[],
  port: number,
): Promise<{ readonly command: readonly string[] } | null> {
  const served = (await space.run(['ls', '/run/netns']).catch(() => '')).split('\n');
  for (const { network_id: networkId, fixed_ips: fixedIps } of ports) {
    const address = fixedIps.find(({ ip_address: text }) => !text.includes(':'))?.ip_address;
    const namespace = dhcpNamespace(networkId);
    if (address === undefined || !served.includes(namespace)) continue;
    return { command: [...space.enter(namespace), process.execPath, RELAY, address, String(port)] };
  }
  return null;
}
