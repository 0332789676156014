import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt's cost: memory is 128 * cost * blockSize bytes. */
export interface ScryptParameters {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

/** 32 MiB and some 60 ms per password: `openstack` requests a token with every command. */
export const DEFAULT_SCRYPT: ScryptParameters = { cost: 2 ** 15, blockSize: 8, parallelization: 1 };

const KEY_BYTES = 32;
const SALT_BYTES = 16;

/**
 * `scrypt$<cost>$<blockSize>$<parallelization>$<salt>$<key>`, salt and key in base64url: the parameters can change
 * later.
 */
export async function hashPassword(password: string, parameters: ScryptParameters = DEFAULT_SCRYPT): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await deriveKey(password, salt, parameters);
  const { cost, blockSize, parallelization } = parameters;
  return ['scrypt', cost, blockSize, parallelization, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/**
 * Whether the password matches the hash, compared in constant time. Without a hash (unknown user, user without a
 * password) the same work is done, so that the response time does not reveal which users exist.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const stored = hash === null ? null : parseHash(hash);
  const salt = stored?.salt ?? Buffer.alloc(SALT_BYTES);
  const key = await deriveKey(password, salt, stored?.parameters ?? DEFAULT_SCRYPT);
  const expected = stored?.key ?? Buffer.alloc(KEY_BYTES);
  return timingSafeEqual(key, expected) && stored !== null;
}

interface StoredHash {
  readonly parameters: ScryptParameters;
  readonly salt: Buffer;
  readonly key: Buffer;
}

function parseHash(hash: string): StoredHash | null {
  const match = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash);
  if (match === null) return null;
  const [, cost = '', blockSize = '', parallelization = '', salt = '', key = ''] = match;
  const keyBytes = Buffer.from(key, 'base64url');
  if (keyBytes.length !== KEY_BYTES) return null;
  return {
    parameters: { cost: Number(cost), blockSize: Number(blockSize), parallelization: Number(parallelization) },
    salt: Buffer.from(salt, 'base64url'),
    key: keyBytes,
  };
}

function deriveKey(password: string, salt: Buffer, parameters: ScryptParameters): Promise<Buffer> {
  const { cost, blockSize, parallelization } = parameters;
  const options = { N: cost, r: blockSize, p: parallelization, maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
