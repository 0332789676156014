import { sql } from 'kysely';
import type { AuthenticationData, TokenScopeArgs } from '#libs/contracts';
import type { Queries } from '../../store/index.js';
import { credentialData, isOver, trustData } from '../delegation/authenticate-delegation.js';
import { credentialRows } from '../delegation/application-credentials.js';
import { accessTokenData, accessTokenRow } from '../oauth/oauth1-login.js';
import { findUser } from '../principals.js';
import { unauthorized } from '../held-roles.js';
import { resolveScope } from '../resolve-scope.js';

/**
 * What the ids of a token stand for now: the user, its scope, and the roles that it has there. Error Unauthorized, as for a
 * log-in, when that is nothing any more; those of a trust that cannot be used.
 */
export async function describeToken(db: Queries, args: TokenScopeArgs): Promise<AuthenticationData> {
  const record = await findUser(db, { id: args.user_id });
  if (record === null || !record.active) throw unauthorized();
  const { user } = record;
  const { project_id: project, domain_id: domain, system, trust_id: trust } = args;
  if (trust != null) return requireScope((await trustData(db, user, trust, true)).data, project);
  if (args.application_credential_id != null) {
    const [row] = await credentialRows(db, sql`c.id = ${args.application_credential_id}`);
    if (row === undefined || row.user_id !== user.id || isOver(row)) throw unauthorized();
    return requireScope(await credentialData(db, row, user), project);
  }
  if (args.access_token_id != null) {
    const token = await accessTokenRow(db, args.access_token_id);
    if (token.is_over || token.authorizing_user_id !== user.id) throw unauthorized();
    return requireScope(await accessTokenData(db, token), project);
  }
  if (project != null) return resolveScope(db, user, { kind: 'project', project: { id: project } });
  if (domain != null) return resolveScope(db, user, { kind: 'domain', domain: { id: domain } });
  return resolveScope(db, user, { kind: system === 'all' ? 'system' : 'unscoped' });
}

/** A delegation is for one project, for ever. */
function requireScope(data: AuthenticationData, project: string | null | undefined): AuthenticationData {
  if ((data.project?.id ?? null) !== (project ?? null)) throw unauthorized();
  return data;
}
