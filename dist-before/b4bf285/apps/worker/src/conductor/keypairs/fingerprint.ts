import { X509Certificate, createHash } from 'node:crypto';
import { ExpectedError } from '#libs/contracts';
import { firstSshString } from './ssh-wire.js';

/** The MD5 of a key's blob in pairs, as nova shows it. Error: InvalidKeypair. */
export function sshFingerprint(publicKey: string): string {
  const [type = '', data = ''] = publicKey.trim().split(/\s+/);
  const blob = /^[A-Za-z0-9+/]+={0,2}$/.test(data) ? Buffer.from(data, 'base64') : Buffer.alloc(0);
  // The blob says its type itself: text that only looks like base64 is found out.
  if (firstSshString(blob)?.toString('latin1') !== type) {
    throw new ExpectedError('InvalidKeypair', 'Keypair data is invalid: failed to generate fingerprint');
  }
  return pairs(createHash('md5').update(blob).digest('hex'));
}

/** The SHA-1 of a certificate in pairs. Error: InvalidKeypair. */
export function x509Fingerprint(certificate: string): string {
  try {
    return new X509Certificate(certificate).fingerprint.toLowerCase();
  } catch (cause) {
    const error = new ExpectedError('InvalidKeypair', 'Keypair data is invalid: failed to generate X509 fingerprint');
    error.cause = cause;
    throw error;
  }
}

function pairs(hex: string): string {
  return (hex.match(/../g) ?? []).join(':');
}
