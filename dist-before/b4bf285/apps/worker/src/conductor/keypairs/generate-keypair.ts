import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { sshString, sshUint32 } from './ssh-wire.js';

const generate = promisify(generateKeyPair);

export interface GeneratedKeypair {
  /** `ssh-ed25519 AAAA… comment`. */
  readonly publicKey: string;
  /** In OpenSSH's own format (its PROTOCOL.key), not encrypted. */
  readonly privateKey: string;
}

/** Makes an ed25519 key pair. */
export async function generateKeypair(comment: string): Promise<GeneratedKeypair> {
  const pair = await generate('ed25519');
  const { x, d } = pair.privateKey.export({ format: 'jwk' });
  if (x === undefined || d === undefined) throw new Error('the platform made an ed25519 key without its parts');
  const publicBytes = Buffer.from(x, 'base64url');
  const seed = Buffer.from(d, 'base64url');
  const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(publicBytes)]);
  return {
    publicKey: `ssh-ed25519 ${blob.toString('base64')} ${comment}`,
    privateKey: opensshFile(blob, publicBytes, seed, comment),
  };
}

function opensshFile(blob: Buffer, publicBytes: Buffer, seed: Buffer, comment: string): string {
  // Twice the same number: who decrypts with a wrong passphrase sees that they differ.
  const check = randomBytes(4);
  const secret = [check, check, sshString('ssh-ed25519'), sshString(publicBytes)];
  secret.push(sshString(Buffer.concat([seed, publicBytes])), sshString(comment));
  const unpadded = Buffer.concat(secret);
  const padding = Buffer.from(Array.from({ length: (8 - (unpadded.length % 8)) % 8 }, (_, index) => index + 1));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    sshUint32(1),
    sshString(blob),
    sshString(Buffer.concat([unpadded, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
