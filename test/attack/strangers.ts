import { ADMIN_PASSWORD, TEST_SIGNING_KEY } from '#testing/stack';
import { testClaims } from '../../apps/gateway/src/edge/testing/test-edge.js';
import { TokenCodec } from '../../apps/gateway/src/edge/tokens/token-codec.js';
import type { ApiName } from '../../apps/gateway/src/edge/api-names.js';
import { logIn } from './target.js';
import type { Target } from './target.js';

/** Somebody with a token that gives no right to what belongs to another project. */
export interface Stranger {
  readonly name: string;
  readonly token: string;
  /** The token is no good: every route that is not open is 401. */
  readonly isNobody: boolean;
  /** APIs where the token's roles do reach other projects. */
  readonly mayReach: readonly ApiName[];
}

/** Tokens of other projects and of none, and tokens that are no good any more. */
export async function strangers(target: Target, suffix: string): Promise<Stranger[]> {
  const member = await target.tenant(`member-${suffix}`);
  const reader = await target.tenant(`reader-${suffix}`, 'reader');
  const again = (scope: unknown): Promise<string> => logIn(member.client, member.user, member.password, scope);
  const revoked = await again({ project: { id: member.project } });
  const bye = { headers: { 'x-subject-token': revoked } };
  await member.client.expect(204, 'identity', 'DELETE', '/v3/auth/tokens', bye);
  const hour = 3600;
  const now = Math.floor(Date.now() / 1000);
  const claims = testClaims(['admin', 'member', 'reader'], { issuedAt: now - 2 * hour, expiresAt: now - hour });
  const nobody = { isNobody: true, mayReach: [] };
  const stranger = { isNobody: false, mayReach: [] };
  return [
    { name: 'member', token: member.client.token, ...stranger },
    { name: 'reader', token: reader.client.token, ...stranger },
    { name: 'unscoped', token: await again('unscoped'), ...stranger },
    // What an administrator of a domain may do to users and projects is keystone's policy, and told in the documents.
    { name: 'domain-admin', token: await domainAdmin(target, suffix), isNobody: false, mayReach: ['identity'] },
    { name: 'revoked', token: revoked, ...nobody },
    { name: 'expired', token: await new TokenCodec([TEST_SIGNING_KEY]).sign(claims), ...nobody },
    { name: 'forged', token: await new TokenCodec(['another-key-'.repeat(4)]).sign(testClaims(['admin'])), ...nobody },
  ];
}

async function domainAdmin(target: Target, suffix: string): Promise<string> {
  const { admin } = target;
  const make = async (kind: string, fields: object): Promise<string> => {
    const answer = await admin.expect(201, 'identity', 'POST', `/v3/${kind}s`, { body: { [kind]: fields } });
    return String((answer[kind] as Record<string, unknown>)['id']);
  };
  const domain = await make('domain', { name: `domain-${suffix}` });
  const user = await make('user', { name: `admin-${suffix}`, domain_id: domain, password: ADMIN_PASSWORD });
  const roles = await admin.expect(200, 'identity', 'GET', '/v3/roles?name=admin');
  const [role] = roles['roles'] as Record<string, unknown>[];
  await admin.expect(204, 'identity', 'PUT', `/v3/domains/${domain}/users/${user}/roles/${String(role?.['id'])}`);
  return logIn(admin, user, ADMIN_PASSWORD, { domain: { id: domain } });
}
