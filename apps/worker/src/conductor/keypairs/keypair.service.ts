import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { KeypairArgs, KeypairCreateArgs, KeypairData, KeypairListArgs, Page } from '#libs/contracts';
import { ExpectedError, Keypair } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { ListDefinition } from '../../listing/list-definition.js';
import { listRows } from '../../listing/list-rows.js';
import type { Authorizer } from '../../policy/authorizer.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { violatedUnique } from '../../store/index.js';
import type { QuotaOwner, Quotas } from '../../quota/quotas.js';
import type { KeypairsTable } from '../../store/tables/compute.tables.js';
import type { GeneratedKeypair } from './generate-keypair.js';
import { generateSshKeypair, generateX509Keypair } from './generate-keypair.js';
import { createHash, X509Certificate } from 'node:crypto';
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

type KeypairRow = Selectable<KeypairsTable>;

const { select, list: table } = resourceTable(Keypair, { alias: 'k' });
const keypairs: ListDefinition = {
  ...table,
  // The name is what identifies a key pair of a user, and so what markers name.
  select: sql`${select}, k.name as id`,
  id: sql`k.name`,
  defaultSort: [{ key: 'name', dir: 'asc' }],
};

/** Key pairs belong to users, not to projects. */
export class KeypairService {
  constructor(
    private readonly store: Store,
    private readonly authorizer: Authorizer,
    private readonly quotas: Quotas,
  ) {}

  /** Imports `public_key`, or makes a pair whose private key is answered this once. Errors: KeyPairExists, … */
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
