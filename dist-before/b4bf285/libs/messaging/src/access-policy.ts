import type { Contract } from './contract.js';

/** Which methods of an endpoint may be called from afar (oslo_messaging/rpc/dispatcher.py). */
export interface AccessPolicy {
  isAllowed(contract: Contract, method: string): boolean;
}

/** Every method whose name does not begin with `_`. */
export const defaultAccessPolicy: AccessPolicy = { isAllowed: (_contract, method) => !method.startsWith('_') };

/** Every method. */
export const legacyAccessPolicy: AccessPolicy = { isAllowed: () => true };

/** Only methods that are declared with `exposed: true`. */
export const explicitAccessPolicy: AccessPolicy = {
  isAllowed: (contract, method) => contract.methods[method]?.exposed === true,
};
