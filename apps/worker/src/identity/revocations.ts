import { sql } from 'kysely';
import { gatewayContract } from '#libs/contracts';
import type { GatewayContract, TokenRevokeArgs, RevocationData, TokensRevokeArgs } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import type { OutgoingMessage, Transport } from '#libs/messaging';
import { Store } from '../store/index.js';
import type { Transaction, Queries } from '../store/index.js';
import { DEFAULT_LOGIN_LIMITS } from './login-attempts.js';

/** Stores a cast in its transaction; the worker's Outbox is one. */
interface CastOutbox {
  add(tx: Transaction, message: OutgoingMessage): Promise<void>;
}

/** Revokes tokens: stores the revocation for all gateways to fetch, and sends it at once to those that listen. */
export class TokenRevoker {
  readonly #store: Store;
  readonly #outbox: CastOutbox;
  readonly #gateways: RpcClient<GatewayContract>;
  readonly #tokenSeconds: () => number;

  /** @param tokenSeconds `[identity] token_expiration` */
  constructor(store: Store, outbox: CastOutbox, transport: Transport, tokenSeconds: () => number = () => 3600) {
    this.#tokenSeconds = tokenSeconds;
    this.#store = store;
    this.#outbox = outbox;
    this.#gateways = new RpcClient(transport, gatewayContract, { fanout: true });
    void this.#gateways.learnVersions();
  }

  async revoke(ctx: RequestContext, args: TokenRevokeArgs): Promise<void> {
    const revocation = { audit_id: args.audit_id, expires_at: args.expires_at };
    const message = this.#gateways.serializeCast(ctx, 'token_revoked', revocation);
    await this.#store.transaction(
      async (tx) => {
        await storeRevocation(tx, revocation);
        await this.#outbox.add(tx, message);
      },
      { name: 'token-revoke' },
    );
  }
  /** Called within the transaction of a change: revokes every token of the subjects that was issued until now. */
  async revokeIssued(tx: Transaction, ctx: RequestContext, subjects: readonly string[]): Promise<void> {
    if (subjects.length === 0) return;
    const rules = await storeRules(tx, subjects, this.#tokenSeconds());
    await this.#outbox.add(tx, this.#gateways.serializeCast(ctx, 'tokens_revoked', rules));
  }
}

/** Stores a revocation; an existing one is kept. */
export async function storeRevocation(db: Queries, args: TokenRevokeArgs): Promise<void> {
  await db
    .insertInto('token_revocations')
    .values({ audit_id: args.audit_id, expires_at: args.expires_at })
    .onConflict((conflict) => conflict.column('audit_id').doNothing())
    .execute();
}

/** All revocations of tokens that have not expired yet. */
export async function currentRevocations(db: Queries): Promise<readonly RevocationData[]> {
  const tokens = await sql<RevocationData>`
    select audit_id, revoked_at as issued_before, expires_at from token_revocations where expires_at > business_now() order by expires_at, audit_id`.execute(
    db,
  );
  const rules = await sql<RevocationData>`
    select '' as audit_id, subject, issued_before, expires_at from token_rules where expires_at > business_now()
    order by subject`.execute(db);
  return [...tokens.rows, ...rules.rows];
}

/** The longest lifetime of a token from a gateway whose configuration differs from the worker's. */
const LONGEST_TOKEN_SECONDS = 86_400;

/** Revokes every token of the subjects that was issued until now; returns the message for the gateways. */
export async function storeRules(
  db: Queries,
  subjects: readonly string[],
  tokenSeconds: number,
): Promise<TokensRevokeArgs> {
  const seconds = Math.max(tokenSeconds, LONGEST_TOKEN_SECONDS);
  // Not business_now(), which is the start of the transaction: later log-ins still saw the old state.
  const result = await sql<Omit<TokensRevokeArgs, 'subjects'>>`
    insert into token_rules (subject, issued_before, expires_at)
    select subject, business_clock(), business_clock() + make_interval(secs => ${seconds}::integer)
    from unnest(${[...subjects]}::text[]) subject order by subject
    on conflict (subject) do update set issued_before = excluded.issued_before, expires_at = excluded.expires_at
    returning issued_before, expires_at`.execute(db);
  const last = result.rows.toSorted((a, b) => (a.issued_before < b.issued_before ? 1 : -1))[0];
  if (last === undefined) throw new TypeError('storeRules: expected at least one subject');
  return { subjects, issued_before: last.issued_before, expires_at: last.expires_at };
}

/** A token that requests another scope. */
interface PresentedToken {
  readonly issued_at?: string;
  readonly audit_ids?: readonly string[];
  readonly subjects?: readonly string[];
}

/** Whether a token that a gateway accepted has been revoked: the gateway may not have received the revocation yet. */
export async function isRevoked(db: Queries, token: PresentedToken): Promise<boolean> {
  const result = await sql`
    select 1 from token_revocations where audit_id = any(${[...(token.audit_ids ?? [])]}::text[])
    union all
    select 1 from token_rules where subject = any(${[...(token.subjects ?? [])]}::text[])
      and issued_before >= ${token.issued_at ?? null}::timestamptz`.execute(db);
  return result.rows.length > 0;
}

/**
 * Deletes outdated rows: revocations of expired tokens (kept a little longer, for gateways whose clocks are behind),
 * windows of failed log-ins, old sources of successful ones, and expired OAuth 1.0a tokens (kept for a day, so that a
 * consumer gets the error that it has expired). Any worker may run it at any time.
 */
export async function sweepIdentity(store: Store, trustedSeconds = DEFAULT_LOGIN_LIMITS.trustedSeconds): Promise<void> {
  await sql`delete from token_revocations where expires_at < business_now() - interval '5 minutes'`.execute(store.db);
  await sql`delete from token_rules where expires_at < business_now() - interval '5 minutes'`.execute(store.db);
  await sql`delete from failed_logins where window_until < business_now()`.execute(store.db);
  await sql`
    delete from login_sources where succeeded_at < business_now() - make_interval(secs => ${trustedSeconds}::integer)`.execute(
    store.db,
  );
  for (const table of ['oauth1_request_tokens', 'oauth1_access_tokens']) {
    await sql`delete from ${sql.table(table)} where expires_at < business_now() - interval '1 day'`.execute(store.db);
  }
}
