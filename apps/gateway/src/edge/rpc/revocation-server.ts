import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { gatewayContract } from '#libs/contracts';
import { RpcServer, endpoint } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { businessClock, tellRestored } from '#libs/simulation';
import type { Revocations } from '../tokens/revocations.js';

/** Receives the worker's fanout of each revocation; only a hint that avoids the wait for the next poll. */
export function revocationServer(transport: Transport, revocations: Revocations): RpcServer {
  return new RpcServer(transport, {
    topic: gatewayContract.topic,
    server: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    ofProcess: true,
    endpoints: [
      endpoint(gatewayContract, {
        clock_moved: async (_context, state) => businessClock.learn(state),
        state_restored: () => tellRestored(),
        token_revoked: async (_context, { audit_id: auditId, expires_at: expiresAt }) => {
          revocations.revoke(auditId, Date.parse(expiresAt));
        },
        tokens_revoked: async (_context, { subjects, issued_before: before, expires_at: expiresAt }) => {
          for (const subject of subjects) revocations.revokeIssued(subject, before, expiresAt);
        },
      }),
    ],
    service: 'gateway',
  });
}
