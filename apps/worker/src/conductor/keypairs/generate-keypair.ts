import { createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { sshString } from './ssh-wire.js';

const generate = promisify(generateKeyPair);
const RSA_BITS = 2048;

export interface GeneratedKeypair {
  /** `ssh-rsa AAAA… comment`, or a certificate in PEM. */
  readonly publicKey: string;
  /** An RSA key in PEM (PKCS #1), or for a certificate key and certificate as PKCS #12 in base64. */
  readonly privateKey: string;
}

interface RsaPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

function rsaPair(): Promise<RsaPair> {
  return generate('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

/** Makes an RSA key pair of 2048 bits, as nova.crypto.generate_key_pair. */
export async function generateSshKeypair(comment: string): Promise<GeneratedKeypair> {
  const { publicKey, privateKey } = await rsaPair();
  const { n = '', e = '' } = createPublicKey(publicKey).export({ format: 'jwk' });
  const blob = Buffer.concat([sshString('ssh-rsa'), sshString(mpint(e)), sshString(mpint(n))]);
  return { publicKey: `ssh-rsa ${blob.toString('base64')} ${comment}`, privateKey };
}

/** RFC 4251's mpint: a zero byte in front keeps a number with its highest bit set positive. */
function mpint(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}

const CERTIFICATE_YEARS = 10;
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
/** Microsoft's user principal name, by which WinRM knows a user. */
const USER_PRINCIPAL_NAME = '1.3.6.1.4.1.311.20.2.3';

/**
 * Makes a certificate for log-ins without a password by WinRM, valid for ten years, as
 * nova.crypto.generate_winrm_x509_cert: subject and user principal name are the user's.
 */
export async function generateX509Keypair(userId: string): Promise<GeneratedKeypair> {
  const { default: forge } = await import('node-forge');
  const { asn1, pki, pkcs12, util } = forge;
  const pair = await rsaPair();
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(pair.publicKey);
  certificate.serialNumber = `00${util.bytesToHex(forge.random.getBytesSync(16))}`;
  certificate.validity.notAfter = new Date(certificate.validity.notBefore);
  certificate.validity.notAfter.setFullYear(certificate.validity.notBefore.getFullYear() + CERTIFICATE_YEARS);
  const name = [{ name: 'commonName', value: userId }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  const principal = asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, true, [
    asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(USER_PRINCIPAL_NAME).getBytes()),
    asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, true, [
      asn1.create(asn1.Class.UNIVERSAL, asn1.Type.UTF8, false, util.encodeUtf8(`${userId}@localhost`)),
    ]),
  ]);
  const names = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [principal]);
  certificate.setExtensions([
    { name: 'extKeyUsage', clientAuth: true },
    { id: SUBJECT_ALTERNATIVE_NAME, value: asn1.toDer(names).getBytes() },
  ]);
  const key = pki.privateKeyFromPem(pair.privateKey);
  certificate.sign(key, forge.md.sha256.create());
  const bundle = pkcs12.toPkcs12Asn1(key, [certificate], '', { algorithm: '3des' });
  return {
    publicKey: pki.certificateToPem(certificate).replaceAll('\r\n', '\n'),
    privateKey: Buffer.from(asn1.toDer(bundle).getBytes(), 'latin1').toString('base64'),
  };
}
