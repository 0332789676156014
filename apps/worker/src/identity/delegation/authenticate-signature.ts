import { sql } from 'kysely';
import { ExpectedError, isRecord } from '#libs/contracts';
import type { AuthenticationData, SignedCredentialsArgs } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { accessTokenData, accessTokenRow } from '../oauth/oauth1-login.js';
import { findUser } from '../principals.js';
import { unauthorized } from '../held-roles.js';
import { resolveScope } from '../resolve-scope.js';
import { accessKeyId, blobOf } from '../resources/credential-managers.js';
import type { SecretBox } from '../secret-box.js';
import { credentialData, credentialRows, isOver, resolveTrust } from './authenticate-delegation.js';
import { isEc2Signature, isS3Signature } from './aws-signature.js';
import { trustRows } from './trust-manager.js';

/** keystone's `[credential] auth_ttl`. */
const SIGNATURE_MS = 15 * 60_000;

type Found = Omit<AuthenticationData, 'authenticated_at'>;

interface Keys {
  readonly userId: string;
  readonly projectId: string;
  readonly blob: Readonly<Record<string, unknown>>;
}

/**
 * The user who signed a request to EC2's or S3's API, with the roles on the project of the keys, or those of the
 * delegation that the keys name. Errors: Unauthorized, CredentialNotFound.
 */
export async function authenticateSignature(
  db: Queries,
  secrets: SecretBox,
  { kind, credentials }: SignedCredentialsArgs,
): Promise<Found> {
  const { access } = credentials;
  if (typeof access !== 'string') throw refused('EC2 Signature not supplied');
  if (typeof credentials['signature'] !== 'string') throw refused('EC2 signature not supplied.');
  const keys = await keysOf(db, secrets, access);
  const { secret } = keys.blob;
  const isRight = kind === 'ec2' ? isEc2Signature : isS3Signature;
  if (typeof secret !== 'string' || !isRight(secret, credentials)) {
    throw refused(kind === 'ec2' ? 'Invalid EC2 signature.' : 'Credential signature mismatch');
  }
  requireFresh(credentials);
  return dataOf(db, keys);
}

async function keysOf(db: Queries, secrets: SecretBox, access: string): Promise<Keys> {
  const result = await sql<{ user_id: string; project_id: string | null; blob: string }>`
    select user_id, project_id, blob from credentials
    where id = ${accessKeyId(access)} and lower(type) = 'ec2'`.execute(db);
  const [row] = result.rows;
  const blob = row === undefined ? undefined : blobOf(secrets.open(row.blob));
  if (row === undefined || row.project_id === null || blob === undefined) {
    throw new ExpectedError('CredentialNotFound', 'EC2 access key not found.');
  }
  return { userId: row.user_id, projectId: row.project_id, blob };
}

/**
 * The delegation that keys name must belong to their user: the content of a blob is chosen by the user who stores the
 * credential.
 */
async function dataOf(db: Queries, { userId, projectId, blob }: Keys): Promise<Found> {
  const { trust_id: trustId, app_cred_id: credentialId, access_token_id: tokenId } = blob;
  const record = await findUser(db, { id: userId });
  if (record === null || !record.active) throw unauthorized();
  if (typeof trustId === 'string') {
    const [trust] = await trustRows(db, sql`t.id = ${trustId}`);
    // With impersonation the keys belong to the trustor, and the trustee uses them.
    const owner = trust?.impersonation === true ? trust.trustor_user_id : trust?.trustee_user_id;
    if (trust === undefined || owner !== userId || trust.project_id !== projectId) throw unauthorized();
    const trustee = await findUser(db, { id: trust.trustee_user_id });
    if (trustee === null || !trustee.active) throw unauthorized();
    return resolveTrust(db, trustee.user, trustId);
  }
  if (typeof credentialId === 'string') {
    const [row] = await credentialRows(db, sql`c.id = ${credentialId}`);
    if (row === undefined || row.user_id !== userId || row.project_id !== projectId || isOver(row))
      throw unauthorized();
    return credentialData(db, row, record.user);
  }
  if (typeof tokenId === 'string') {
    const row = await accessTokenRow(db, tokenId);
    if (row.authorizing_user_id !== userId || row.project_id !== projectId || row.is_over) throw unauthorized();
    return accessTokenData(db, row);
  }
  return resolveScope(db, record.user, { kind: 'project', project: { id: projectId } });
}

/** A signature without a time never expires, as in keystone. Error Unauthorized. */
function requireFresh({ params, headers }: Readonly<Record<string, unknown>>): void {
  const found = [valueOf(params, 'Timestamp'), valueOf(headers, 'X-Amz-Date'), valueOf(params, 'X-Amz-Date')].find(
    Boolean,
  );
  if (found === undefined) return;
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(found);
  const text =
    basic === null
      ? found
      : basic
          .slice(1)
          .join('-')
          .replace(/^(\d+-\d+-\d+)-(\d+)-(\d+)-(\d+)$/, '$1T$2:$3:$4Z');
  const time = Date.parse(/([zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) throw refused('Credential timestamp is invalid');
  if (Date.now() > time + SIGNATURE_MS) throw refused('Credential is expired');
}

function valueOf(value: unknown, name: string): string | undefined {
  const found = isRecord(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}

function refused(text: string): ExpectedError {
  return new ExpectedError('Unauthorized', text);
}
