// Ports of servers: the functions that the conductor and the compute hosts call inside their own transactions.
export type { InstanceRef } from './instance-ports/instance-ref.js';
export {
  hasUsableNetwork,
  resolveAttachment,
  resolveRequestedNetworks,
} from './instance-ports/resolve-requested-networks.js';
export type { RequestRules } from './instance-ports/resolve-requested-networks.js';
export {
  allocateForInstance,
  holdPorts,
  rebindPorts,
  bindAhead,
  unbindAhead,
} from './instance-ports/allocate-for-instance.js';
export type { InstancePortsRequest } from './instance-ports/allocate-for-instance.js';
export { activateForInstance } from './instance-ports/attach-to-instance.js';
export { groupsForInstance } from './instance-ports/change-groups.js';
export { changeGroupOfInstance } from './instance-ports/change-groups.js';
export { deallocateForInstance, detachFromInstance } from './instance-ports/attach-to-instance.js';
export { attachToInstance } from './instance-ports/attach-to-instance.js';
export { addAddressToInstance, portsOf, removeAddressOfInstance } from './instance-ports/change-instance-addresses.js';
export { networkInfoOf } from './instance-ports/network-info-of.js';
export type { NetworkInfo } from './instance-ports/network-info-of.js';
export { instancesAt } from './instance-ports/network-info-of.js';
export { nicsOf } from './instance-ports/network-info-of.js';
