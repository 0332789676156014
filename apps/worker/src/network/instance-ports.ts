// Ports of servers: what the conductor and the compute hosts ask of the topic network, inside their own transactions.
export type { InstanceRef } from './instance-ports/instance-ref.js';
export { resolveRequestedNetworks } from './instance-ports/resolve-requested-networks.js';
export type { RequestRules } from './instance-ports/resolve-requested-networks.js';
export { allocateForInstance, holdPorts, rebindPorts } from './instance-ports/allocate-for-instance.js';
export type { InstancePortsRequest } from './instance-ports/allocate-for-instance.js';
export { activateForInstance } from './instance-ports/activate-for-instance.js';
export { groupNamesOf, groupsForInstance } from './instance-ports/groups-of.js';
export { changeGroupOfInstance } from './instance-ports/change-groups.js';
export { deallocateForInstance } from './instance-ports/deallocate-for-instance.js';
export { addressesOf } from './instance-ports/addresses-of.js';
export { instancesAt } from './instance-ports/instances-at.js';
export { nicsOf } from './instance-ports/nics-of.js';
