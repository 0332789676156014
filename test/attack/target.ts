import { ApiClient } from '#testing/api-client';
import { startEmbedded, startPair } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { declaredRoutes } from './routes.js';
import type { DeclaredRoute } from './routes.js';

export type Form = 'embedded' | 'pair';
export const FORMS: readonly Form[] = ['embedded', 'pair'];

/** A user with a role on a project of its own, logged in to it. */
export interface Tenant {
  readonly client: ApiClient;
  readonly project: string;
  readonly user: string;
  readonly password: string;
}

/** A running cloud that is attacked. */
export interface Target {
  readonly form: Form;
  readonly stack: Stack;
  readonly routes: readonly DeclaredRoute[];
  /** Logged in as the administrator. */
  readonly admin: ApiClient;
  /** Makes a project and a user in it; names must differ within one target. @param role @default 'member' */
  tenant(name: string, role?: string): Promise<Tenant>;
  stop(): Promise<void>;
}

/** Starts a cloud of its own; `env` are options for every program of it. */
export async function startTarget(form: Form, env: Record<string, string> = {}): Promise<Target> {
  const routes = await declaredRoutes();
  const stack = await (form === 'embedded' ? startEmbedded({ env }) : startPair({ env }));
  try {
    const admin = new ApiClient(stack.ports);
    await admin.login();
    return {
      form,
      stack,
      routes,
      admin,
      tenant: (name, role = 'member') => makeTenant(admin, name, role),
      stop: () => stack.stop(),
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** A project, and a user with a role in it, made by an administrator. */
export async function makeTenant(admin: ApiClient, name: string, role: string): Promise<Tenant> {
  const make = async (kind: string, fields: Record<string, unknown>): Promise<string> => {
    const answer = await admin.expect(201, 'identity', 'POST', `/v3/${kind}s`, { body: { [kind]: fields } });
    return String((answer[kind] as Record<string, unknown>)['id']);
  };
  const password = `password-of-${name}`;
  const project = await make('project', { name: `project-${name}` });
  const user = await make('user', { name, password });
  const roles = await admin.expect(200, 'identity', 'GET', `/v3/roles?name=${role}`);
  const [found] = roles['roles'] as Record<string, unknown>[];
  const grant = `/v3/projects/${project}/users/${user}/roles/${String(found?.['id'])}`;
  await admin.expect(204, 'identity', 'PUT', grant);
  const client = new ApiClient(admin.ports);
  client.token = await logIn(client, user, password, { project: { id: project } });
  return { client, project, user, password };
}

/** A token of a user; `scope` in keystone's form, `unscoped` for none. */
export async function logIn(client: ApiClient, user: string, password: string, scope: unknown): Promise<string> {
  const identity = { methods: ['password'], password: { user: { id: user, password } } };
  const answer = await client.request('identity', 'POST', '/v3/auth/tokens', {
    token: null,
    body: { auth: { identity, scope } },
  });
  const token = answer.headers.get('x-subject-token');
  if (answer.status !== 201 || token === null) throw new Error(`log in of ${user}: ${answer.status} ${answer.text}`);
  return token;
}

/** A tenant with one of everything; other tenants must neither see nor change any of it. */
export interface Victim {
  readonly tenant: Tenant;
  /** Stands in everything that has a text, so that an answer that tells of it can be known. */
  readonly marker: string;
  /** By the name of the collection in paths: `servers`, `os-keypairs`. */
  readonly ids: Readonly<Record<string, string>>;
  /** All of it as the administrator sees it now. */
  look(): Promise<string>;
}

export const COMPUTE_VERSION = { 'openstack-api-version': 'compute 2.90' };
/** With what came since. */
export const NEW_COMPUTE_VERSION = { 'openstack-api-version': 'compute 2.104' };
/** Before nova gave up its proxies of the network. */
export const OLD_COMPUTE_VERSION = { 'openstack-api-version': 'compute 2.1' };
