// Ports of servers: what the conductor and the compute hosts ask of the topic network, inside their own transactions.
export { resolveRequestedNetworks } from './instance-ports/resolve-requested-networks.js';
export { allocateForInstance } from './instance-ports/allocate-for-instance.js';
export type { InstancePortsRequest } from './instance-ports/allocate-for-instance.js';
export { activateForInstance } from './instance-ports/activate-for-instance.js';
export { deallocateForInstance } from './instance-ports/deallocate-for-instance.js';
export { addressesOf, instancesAt } from './instance-ports/addresses-of.js';
