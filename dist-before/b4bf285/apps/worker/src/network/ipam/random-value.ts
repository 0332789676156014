import { randomBytes } from 'node:crypto';

/**
 * A random number in [0, bound), bound up to 2^128. The bias of the modulo is below 2^-64: these are addresses, no keys.
 */
export function randomBelow(bound: bigint): bigint {
  return BigInt(`0x${randomBytes(24).toString('hex')}`) % bound;
}
