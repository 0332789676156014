import type { KeypairData } from '#libs/contracts';
import { toMicroseconds } from '../time-form.js';

function withType(keypair: KeypairData, version: number): Record<string, unknown> {
  return version >= 2 ? { type: keypair.type } : {};
}

/** A keypair in a list. */
export function keypairSummary(keypair: KeypairData, version: number): Record<string, unknown> {
  const { name, public_key, fingerprint } = keypair;
  return { keypair: { name, public_key, fingerprint, ...withType(keypair, version) } };
}

/** The answer to a create; the private key is there only when the pair was made here, and never again. */
export function keypairCreated(keypair: KeypairData, version: number): Record<string, unknown> {
  const { name, public_key, fingerprint, user_id, private_key } = keypair;
  const body = { name, public_key, fingerprint, user_id, ...withType(keypair, version) };
  return { keypair: private_key === null ? body : { ...body, private_key } };
}

/** A single keypair. nova's number of the row (`id`) does not exist here. */
export function keypairDetail(keypair: KeypairData, version: number): Record<string, unknown> {
  const { name, public_key, fingerprint, user_id, created_at } = keypair;
  return {
    keypair: {
      name,
      public_key,
      fingerprint,
      user_id,
      created_at: toMicroseconds(created_at),
      updated_at: null,
      deleted_at: null,
      deleted: false,
      ...withType(keypair, version),
    },
  };
}
