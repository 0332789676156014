import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const VERSION = 0x80;
const BLOCK = 16;
const MAC = 32;
/** Version, time, initialization vector, a block, and the MAC. */
const LEAST = 1 + 8 + BLOCK + BLOCK + MAC;

/** A key of the Fernet specification (github.com/fernet/spec): one half signs, the other encrypts. */
export interface FernetKey {
  readonly signing: Buffer;
  readonly encryption: Buffer;
}

/** The content of a token, and its creation time in seconds since 1970. */
export interface FernetContent {
  readonly bytes: Buffer;
  readonly at: number;
}

/** A key in a file of the repository: 32 bytes as base64url; undefined for an invalid one. */
export function readFernetKey(text: string): FernetKey | undefined {
  const trimmed = text.trim();
  if (!/^[\w+/-]{43}=?$/.test(trimmed)) return undefined;
  const bytes = Buffer.from(trimmed, 'base64url');
  return { signing: bytes.subarray(0, BLOCK), encryption: bytes.subarray(BLOCK) };
}

/** A new key, in the form of the repository. */
export function newFernetKey(): string {
  return `${randomBytes(32).toString('base64url')}=`;
}

/** A token without the padding at its end, as in keystone. */
export function encryptFernet(key: FernetKey, { bytes, at }: FernetContent, iv = randomBytes(BLOCK)): string {
  const head = Buffer.alloc(9);
  head.writeUInt8(VERSION, 0);
  head.writeBigUInt64BE(BigInt(Math.floor(at)), 1);
  const cipher = createCipheriv('aes-128-cbc', key.encryption, iv);
  const signed = Buffer.concat([head, iv, cipher.update(bytes), cipher.final()]);
  return Buffer.concat([signed, macOf(key, signed)]).toString('base64url');
}

/** The content of a token made with one of the keys; undefined for any other text. */
export function decryptFernet(keys: readonly FernetKey[], token: string): FernetContent | undefined {
  if (!/^[\w-]+={0,2}$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length < LEAST || (bytes.length - LEAST) % BLOCK !== 0 || bytes[0] !== VERSION) return undefined;
  const signed = bytes.subarray(0, -MAC);
  const key = keys.find((each) => timingSafeEqual(macOf(each, signed), bytes.subarray(-MAC)));
  if (key === undefined) return undefined;
  const at = Number(bytes.readBigUInt64BE(1));
  const decipher = createDecipheriv('aes-128-cbc', key.encryption, bytes.subarray(9, 9 + BLOCK));
  try {
    return { at, bytes: Buffer.concat([decipher.update(signed.subarray(9 + BLOCK)), decipher.final()]) };
  } catch {
    // The padding is invalid: someone with the key made something other than a token.
    return undefined;
  }
}

function macOf(key: FernetKey, bytes: Buffer): Buffer {
  return createHmac('sha256', key.signing).update(bytes).digest();
}
