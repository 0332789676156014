import type { WireLayout } from '../layout/layout.js';
import type { Kernel } from './read-kernel.js';

/** Lines for `ip -batch` on the machine itself, and in the space, that change a wire to the desired state. */
export function planWire(
  { name, outer, bridge, outside, vlan, mtu }: WireLayout,
  kernel: Kernel,
  holder: number,
): { readonly outside: readonly string[]; readonly space: readonly string[] } {
  const out: string[] = [];
  const space: string[] = [];
  const foundOuter = kernel.outside.find((link) => link.name === outer);
  const foundInner = kernel.links.find((link) => link.name === name);
  // Both ends are created and deleted together; a single end belongs to a space that is gone, or to a worker elsewhere.
  const isWhole = foundOuter !== undefined && foundInner !== undefined;
  if (foundOuter !== undefined && !isWhole) out.push(`link delete ${outer}`);
  if (foundInner !== undefined && !isWhole) space.push(`link delete ${name}`);
  // It is created again at the next run.
  if (foundInner !== undefined && !isWhole) return { outside: out, space };
  if (!isWhole) out.push(`link add ${outer} type veth peer name ${name} netns ${holder}`);
  if (!isWhole || foundOuter.mtu !== mtu) out.push(`link set ${outer} mtu ${mtu}`);
  if (!isWhole || foundOuter.master !== outside) out.push(`link set ${outer} master ${outside}`);
  if (!isWhole || !foundOuter.isUp) out.push(`link set ${outer} up`);
  if (!isWhole || foundInner.mtu !== mtu) space.push(`link set ${name} mtu ${mtu}`);
  const foundVlan = vlan === null || !isWhole ? undefined : kernel.links.find((link) => link.name === vlan.name);
  if (vlan !== null && foundVlan === undefined) {
    space.push(`link add link ${name} name ${vlan.name} type vlan id ${vlan.tag}`);
  }
  const joined =
    vlan === null ? { name, found: isWhole ? foundInner : undefined } : { name: vlan.name, found: foundVlan };
  if (joined.found?.master !== bridge) space.push(`link set ${joined.name} master ${bridge}`);
  if (!isWhole || !foundInner.isUp) space.push(`link set ${name} up`);
  if (vlan !== null && foundVlan?.isUp !== true) space.push(`link set ${vlan.name} up`);
  return { outside: out, space };
}
