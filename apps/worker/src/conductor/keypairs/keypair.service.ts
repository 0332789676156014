import { createPublicKey, generateKeyPair, createHash, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { KeypairArgs, KeypairCreateArgs, KeypairData, KeypairListArgs, Page } from '#libs/contracts';
import { ExpectedError, Keypair } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { sshString, firstSshString } from './ssh-wire.js';
import type { ListDefinition } from '../../listing/list-definition.js';
import { listRows } from '../../listing/list-rows.js';
import type { Authorizer } from '../../policy/authorizer.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { violatedUnique } from '../../store/index.js';
import type { QuotaOwner, Quotas } from '../../quota/quotas.js';
import type { KeypairsTable } from '../../store/tables/compute.tables.js';

const generate = promisify(generateKeyPair);
const RSA_BITS = 2048;

interface GeneratedKeypair {
  /** `ssh-rsa AAAA… comment`, or a certificate in PEM. */
  readonly publicKey: string;
  /** An RSA key in PEM (PKCS #1); for a certificate, key and certificate as PKCS #12 in base64. */
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

/** RFC 4251's mpint: a leading zero byte keeps a number positive whose highest bit is set. */
function mpint(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}

const CERTIFICATE_YEARS = 10;
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
/** Microsoft's user principal name, by which WinRM identifies a user. */
const USER_PRINCIPAL_NAME = '1.3.6.1.4.1.311.20.2.3';

/**
 * Makes a certificate for WinRM log-ins without a password, valid for ten years, as
 * nova.crypto.generate_winrm_x509_cert. It carries the user's subject and user principal name.
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

/** The MD5 of a key's blob in pairs, as nova shows it. Error: InvalidKeypair. */
export function sshFingerprint(publicKey: string): string {
  const [type = '', data = ''] = publicKey.trim().split(/\s+/);
  const blob = /^[A-Za-z0-9+/]+={0,2}$/.test(data) ? Buffer.from(data, 'base64') : Buffer.alloc(0);
  // The blob contains its type, so text that only looks like base64 is detected.
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

type KeypairRow = Selectable<KeypairsTable>;

const { select, list: table } = resourceTable(Keypair, { alias: 'k' });
const keypairs: ListDefinition = {
  ...table,
  // A user's key pairs are identified by name, so markers name it.
  select: sql`${select}, k.name as id`,
  id: sql`k.name`,
  noMarker: (marker) => `Marker ${marker} could not be found.`,
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

/** Key pairs belong to users, not to projects. */
export class KeypairService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly quotas: Quotas,
  ) {}

  /** Imports `public_key`, or creates a pair and returns its private key, only this once. Errors: KeyPairExists, … */
  async create(context: RequestContext, args: KeypairCreateArgs): Promise<KeypairData> {
    const userId = this.#owner(context, args.user_id, 'create');
    const made = args.public_key === undefined ? await generated(args.type, userId) : null;
    const publicKey = args.public_key ?? made?.publicKey ?? '';
    const fingerprint = args.type === 'x509' ? x509Fingerprint(publicKey) : sshFingerprint(publicKey);
    const values = { user_id: userId, name: args.name, type: args.type, public_key: publicKey, fingerprint };
    try {
      return await this.quotas.inTurn(userId, () =>
        this.store.transaction(
          async (tx) => {
            await this.#checkQuota(tx, { projectId: context.project_id ?? '', userId });
            const row = await tx.insertInto('keypairs').values(values).returningAll().executeTakeFirstOrThrow();
            return { ...row, private_key: made?.privateKey ?? null };
          },
          { name: 'keypair_create' },
        ),
      );
    } catch (error) {
      if (violatedUnique(error) === null) throw error;
      throw new ExpectedError('KeyPairExists', `Key pair '${args.name}' already exists.`, { key_name: args.name });
    }
  }

  async list(context: RequestContext, args: KeypairListArgs): Promise<Page<KeypairData>> {
    const userId = this.#owner(context, args.user_id, 'index');
    const visible = sql<boolean>`k.user_id = ${userId}`;
    const page = await listRows<KeypairRow & { id: string }>(this.store.db, keypairs, visible, args);
    const objects = page.rows.map(({ id: _id, ...row }) => ({ ...row, private_key: null }));
    return { objects, next_marker: page.nextMarker };
  }

  async get(context: RequestContext, args: KeypairArgs): Promise<KeypairData> {
    const userId = this.#owner(context, args.user_id, 'show');
    const row = await findKeypair(this.store.db, userId, args.name);
    if (row === undefined) throw notFound(userId, args.name);
    return { ...row, private_key: null };
  }

  async delete(context: RequestContext, args: KeypairArgs): Promise<void> {
    const userId = this.#owner(context, args.user_id, 'delete');
    await this.store.transaction(
      async (tx) => {
        const query = tx.deleteFrom('keypairs').where('user_id', '=', userId).where('name', '=', args.name);
        if ((await query.executeTakeFirst()).numDeletedRows === 0n) throw notFound(userId, args.name);
      },
      { name: 'keypair_delete' },
    );
  }

  #owner(context: RequestContext, asked: string | undefined, rule: 'create' | 'index' | 'show' | 'delete'): string {
    const userId = asked ?? context.user_id ?? '';
    this.authorizer.authorize(context, 'compute', `os_compute_api:os-keypairs:${rule}`, { user_id: userId });
    return userId;
  }

  async #checkQuota(tx: Transaction, owner: QuotaOwner): Promise<void> {
    const hold = await this.quotas.hold(tx, 'compute', ['key_pairs'], [owner]);
    const { key_pairs: amount } = await hold.amounts(owner);
    if (amount === undefined || amount.used < amount.limit) return;
    throw new ExpectedError('QuotaExceeded', 'Quota exceeded, too many key pairs.', { overs: ['key_pairs'] });
  }
}

export function findKeypair(db: Queries, userId: string, name: string): Promise<KeypairRow | undefined> {
  return db
    .selectFrom('keypairs')
    .selectAll()
    .where('user_id', '=', userId)
    .where('name', '=', name)
    .executeTakeFirst();
}

function generated(type: KeypairCreateArgs['type'], userId: string): Promise<GeneratedKeypair> {
  return type === 'x509' ? generateX509Keypair(userId) : generateSshKeypair('Generated-by-Albireo');
}

function notFound(userId: string, name: string): ExpectedError {
  return new ExpectedError('KeypairNotFound', `Keypair ${name} not found for user ${userId}`, {
    name,
    user_id: userId,
  });
}
