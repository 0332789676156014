import type { TunnelLayout } from '../layout/layout.js';
import { NOBODY } from './read-kernel.js';
import type { Kernel } from './read-kernel.js';

/** As neutron's agents: the port that IANA assigned to VXLAN. */
const VXLAN_PORT = 4789;

/**
 * Lines for `ip -batch` on the machine itself and in the space, and for `bridge -batch`, that change a tunnel to the
 * desired state.
 */
export function planTunnel(
  { name, bridge, vni, local, peers, mtu }: TunnelLayout,
  kernel: Kernel,
  holder: number,
): { readonly outside: readonly string[]; readonly space: readonly string[]; readonly peers: readonly string[] } {
  const there = kernel.links.find((link) => link.name === name);
  // The new one is created at the next run.
  if (there !== undefined && (there.tunnel?.vni !== vni || there.tunnel.local !== local)) {
    return { outside: [], space: [`link delete ${name}`], peers: [] };
  }
  const outside: string[] = [];
  const space: string[] = [];
  // Created in the machine's namespace, over whose network it sends, and then moved into the space.
  if (there === undefined) {
    outside.push(`link add ${name} netns ${holder} type vxlan id ${vni} local ${local} dstport ${VXLAN_PORT}`);
  }
  if (there?.mtu !== mtu) space.push(`link set ${name} mtu ${mtu}`);
  if (there?.master !== bridge) space.push(`link set ${name} master ${bridge}`);
  if (there?.isUp !== true) space.push(`link set ${name} up`);
  const known = there === undefined ? [] : (kernel.peers.get(name) ?? []);
  return {
    outside,
    space,
    peers: [
      ...known.filter((peer) => !peers.includes(peer)).map((peer) => `fdb delete ${NOBODY} dev ${name} dst ${peer}`),
      ...peers.filter((peer) => !known.includes(peer)).map((peer) => `fdb append ${NOBODY} dev ${name} dst ${peer}`),
    ],
  };
}
