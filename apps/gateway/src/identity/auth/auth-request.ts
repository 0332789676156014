import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { AUTH_METHODS } from '#libs/contracts';
import type {
  AuthMethod,
  AuthenticateApplicationCredentialArgs,
  NamedReference,
  PasscodeProof,
  PasswordProof,
  ScopeArgs,
} from '#libs/contracts';
import { readInstance } from '#libs/messaging';
import { badRequest, unauthorized } from '../errors/keystone-faults.js';
import { AuthBody } from './auth.dto.js';
import type { ApplicationCredentialMethod, DomainReference, OwnedReference, ScopeSection } from './auth.dto.js';

/** The requested authentication, from the body of `POST /v3/auth/tokens`. */
export interface AuthRequest {
  /** Each once, in the order of the body; their data is below, except for `oauth1`, whose data is in a header. */
  readonly methods: readonly [AuthMethod, ...AuthMethod[]];
  readonly password?: PasswordProof;
  readonly totp?: PasscodeProof;
  readonly token?: string;
  readonly credential?: AuthenticateApplicationCredentialArgs;
  readonly scope: ScopeArgs;
}

/** Throws a 400 Fault that names the missing or invalid part (never its value), 401 for unknown methods. */
export function parseAuthRequest(body: unknown): AuthRequest {
  const { auth } = validated(unscopedAsObject(body));
  const { identity } = auth;
  const methods = [...new Set(identity.methods)].map(knownMethod);
  const [first, ...others] = methods;
  if (first === undefined) throw badRequest('Invalid input for auth/identity/methods: expected at least one.');
  const scope = scopeArgs(auth.scope);
  const brings = methods.find((method) => method === 'application_credential' || method === 'oauth1');
  if (brings === 'application_credential' && scope.kind !== 'default') {
    throw unauthorized('Application credentials cannot request a scope.');
  }
  const given = new Set<AuthMethod>(methods);
  const { password, totp, token, application_credential: credential } = identity;
  return {
    methods: [first, ...others],
    ...(given.has('password') && password !== undefined
      ? { password: { user: ownedReference(password.user), password: password.user.password } }
      : {}),
    ...(given.has('totp') && totp !== undefined
      ? { totp: { user: ownedReference(totp.user), passcode: totp.user.passcode } }
      : {}),
    ...(given.has('token') && token !== undefined ? { token: token.id } : {}),
    ...(given.has('application_credential') && credential !== undefined
      ? { credential: credentialArgs(credential) }
      : {}),
    scope,
  };
}

function knownMethod(name: string): AuthMethod {
  const known = AUTH_METHODS.find((method) => method === name);
  if (known === undefined) throw unauthorized('Attempted to authenticate with an unsupported method.');
  return known;
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
  const parsed = readInstance(AuthBody, body);
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
  const given = (['project', 'domain', 'system', 'unscoped', 'OS-TRUST:trust'] as const).filter(
    (kind) => scope[kind] != null,
  );
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw badRequest(
      'Invalid input for scope: expected exactly one of project, domain, system, OS-TRUST:trust and unscoped.',
    );
  }
  if (kind === 'OS-TRUST:trust') return { kind: 'trust', trust_id: plain(scope['OS-TRUST:trust']?.id ?? '') };
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

function credentialArgs({
  id,
  name,
  secret,
  user,
}: ApplicationCredentialMethod): AuthenticateApplicationCredentialArgs {
  if (id !== undefined) return { id: plain(id), secret };
  return { name: plain(name ?? ''), secret, ...(user === undefined ? {} : { user: ownedReference(user) }) };
}

function domainReference(domain: DomainReference): NamedReference {
  if (domain.id !== undefined) return { id: plain(domain.id) };
  return domain.name === undefined ? {} : { name: plain(domain.name) };
}

/** No name or id contains a NUL, which the database could not even compare. */
function plain(text: string): string {
  if (text.includes('\0')) throw unauthorized();
  return text;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
