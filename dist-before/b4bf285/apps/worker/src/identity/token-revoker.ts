import { gatewayContract } from '#libs/contracts';
import type { GatewayContract, TokenRevokeArgs } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import type { OutgoingMessage, Transport } from '#libs/messaging';
import { Store } from '../store/index.js';
import type { Transaction } from '../store/index.js';
import { storeRevocation, storeRules } from './revocations.js';

/** Takes a cast into the transaction that it belongs to; the worker's Outbox is one. */
export interface CastOutbox {
  add(tx: Transaction, message: OutgoingMessage): Promise<void>;
}

/** Revokes tokens: stored for all gateways to fetch, and told at once to those that listen. */
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
  /** Within the transaction of a change: every token about the subjects that was issued until now is invalid. */
  async revokeIssued(tx: Transaction, ctx: RequestContext, subjects: readonly string[]): Promise<void> {
    const rules = await storeRules(tx, subjects, this.#tokenSeconds());
    await this.#outbox.add(tx, this.#gateways.serializeCast(ctx, 'tokens_revoked', rules));
  }
}
