import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import type { NamedReference, ScopeArgs } from '#libs/contracts';
import { badRequest, unauthorized } from '../errors/keystone-faults.js';
import { AuthBody } from './auth.dto.js';
import type { DomainReference, OwnedReference, ScopeSection } from './auth.dto.js';

/** How somebody wants to be authenticated, read from the body of `POST /v3/auth/tokens`. */
export type AuthRequest =
  | { readonly method: 'password'; readonly user: NamedReference; readonly password: string; readonly scope: ScopeArgs }
  | { readonly method: 'token'; readonly token: string; readonly scope: ScopeArgs };

/** Throws a 400 Fault that names the part which is missing or wrong (never its value), 401 for unknown methods. */
export function parseAuthRequest(body: unknown): AuthRequest {
  const { auth } = validated(unscopedAsObject(body));
  const { methods, password, token } = auth.identity;
  const scope = scopeArgs(auth.scope);
  const [method] = methods;
  if (methods.length === 1 && method === 'password' && password !== undefined) {
    return { method, user: ownedReference(password.user), password: password.user.password, scope };
  }
  if (methods.length === 1 && method === 'token' && token !== undefined) return { method, token: token.id, scope };
  throw unauthorized('Attempted to authenticate with an unsupported method.');
}

/** `"scope": "unscoped"` is an older spelling of `"scope": {"unscoped": {}}`. */
function unscopedAsObject(body: unknown): object {
  if (!isObject(body)) throw badRequest('Expecting to find auth in request body.');
  const auth = 'auth' in body ? body.auth : undefined;
  if (!isObject(auth)) throw badRequest('Expecting to find auth in request body.');
  if (!('scope' in auth) || auth.scope !== 'unscoped') return body;
  return { ...body, auth: { ...auth, scope: { unscoped: {} } } };
}

function validated(body: object): AuthBody {
  const parsed = plainToInstance(AuthBody, body);
  const fault = validateSync(parsed, { stopAtFirstError: true })[0];
  if (fault !== undefined) throw badRequest(`Invalid input for ${pathOf(fault)}.`);
  return parsed;
}

function pathOf(fault: ValidationError): string {
  const child = fault.children?.[0];
  if (child !== undefined) return `${fault.property}/${pathOf(child)}`;
  const [reason] = Object.values(fault.constraints ?? {});
  return reason === undefined ? fault.property : `${fault.property}: ${reason}`;
}

function scopeArgs(scope: ScopeSection | undefined): ScopeArgs {
  if (scope === undefined || scope === null) return { kind: 'default' };
  const given = (['project', 'domain', 'system', 'unscoped'] as const).filter((kind) => scope[kind] != null);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw badRequest('Invalid input for scope: expected exactly one of project, domain, system and unscoped.');
  }
  if (kind === 'project' && scope.project !== undefined) return { kind, project: ownedReference(scope.project) };
  if (kind === 'domain' && scope.domain !== undefined) return { kind, domain: domainReference(scope.domain) };
  if (kind === 'system' && scope.system?.all !== true) {
    throw badRequest('Invalid input for scope/system: expected {"all": true}.');
  }
  return { kind: kind === 'system' ? 'system' : 'unscoped' };
}

function ownedReference(owned: OwnedReference): NamedReference {
  if (owned.id !== undefined) return { id: plain(owned.id) };
  const { domain } = owned;
  return {
    ...(owned.name === undefined ? {} : { name: plain(owned.name) }),
    ...(domain?.id === undefined ? {} : { domain_id: plain(domain.id) }),
    ...(domain?.id !== undefined || domain?.name === undefined ? {} : { domain_name: plain(domain.name) }),
  };
}

function domainReference(domain: DomainReference): NamedReference {
  if (domain.id !== undefined) return { id: plain(domain.id) };
  return domain.name === undefined ? {} : { name: plain(domain.name) };
}

/** Nobody's name or id has a NUL, which the database could not even compare. */
function plain(text: string): string {
  if (text.includes('\0')) throw unauthorized();
  return text;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
