import { randomUUID } from 'node:crypto';
import { ADMIN_PASSWORD } from '#testing/stack';
import { logIn } from './target.js';
import type { Target } from './target.js';

type Row = Readonly<Record<string, unknown>>;

/** A domain with a project, and a user who is a member of it. */
export interface Realm {
  readonly domain: string;
  readonly project: string;
  readonly user: string;
  /** Of the user, for the project. */
  readonly token: string;
}

/** Somebody of the red domain. */
export interface Caller {
  readonly name: string;
  readonly user: string;
  readonly token: string;
}

/** Two domains; nobody of the red one may see or change anything of the blue one. */
export interface IdentityScene {
  /** Stands in the names of all that is blue. */
  readonly marker: string;
  readonly red: Realm;
  readonly blue: Realm;
  /** Ids of the default roles, by name. */
  readonly roles: Readonly<Record<string, string>>;
  /** A user of the red domain with a role there (null: none), logged in for it. */
  caller(role: string | null, on: 'domain' | 'project' | 'unscoped'): Promise<Caller>;
  /** All that must not change, as the administrator sees it. */
  look(): Promise<string>;
}

export async function identityScene(target: Target): Promise<IdentityScene> {
  const marker = `marker${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const { admin } = target;
  const make = async (kind: string, fields: Row): Promise<string> => {
    const answer = await admin.expect(201, 'identity', 'POST', `/v3/${kind}s`, { body: { [kind]: fields } });
    return String((answer[kind] as Row)['id']);
  };
  const listed = await admin.expect(200, 'identity', 'GET', '/v3/roles');
  const roles = Object.fromEntries((listed['roles'] as Row[]).map(({ id, name }) => [String(name), String(id)]));
  const grant = (on: string, user: string, role: string): Promise<Row> =>
    admin.expect(204, 'identity', 'PUT', `/v3/${on}/users/${user}/roles/${roles[role]}`);
  const realm = async (name: string): Promise<Realm> => {
    const domain = await make('domain', { name: `domain-${name}` });
    const project = await make('project', { name: `project-${name}`, domain_id: domain });
    const user = await make('user', {
      name: `user-${name}`,
      domain_id: domain,
      password: ADMIN_PASSWORD,
      email: `${name}@example.org`,
    });
    await grant(`projects/${project}`, user, 'member');
    await grant(`domains/${domain}`, user, 'reader');
    return { domain, project, user, token: await logIn(admin, user, ADMIN_PASSWORD, { project: { id: project } }) };
  };
  const blue = await realm(marker);
  const red = await realm(`red-${marker.slice(-6)}`);
  return {
    marker,
    red,
    blue,
    roles,
    caller: async (role, on) => {
      const name = `${on}-${role ?? 'nothing'}`;
      const fields = { name: `${name}-${randomUUID()}`, domain_id: red.domain, password: ADMIN_PASSWORD };
      const user = await make('user', fields);
      if (role !== null) await grant(`${on}s/${red[on === 'domain' ? 'domain' : 'project']}`, user, role);
      const scope = on === 'unscoped' ? on : { [on]: { id: red[on] } };
      return { name, user, token: await logIn(admin, user, ADMIN_PASSWORD, scope) };
    },
    look: async () => {
      const seen: unknown[] = [];
      for (const path of [
        `/v3/domains/${blue.domain}`,
        `/v3/projects?domain_id=${blue.domain}`,
        `/v3/users?domain_id=${blue.domain}`,
        `/v3/role_assignments?scope.domain.id=${blue.domain}`,
        `/v3/role_assignments?scope.project.id=${blue.project}`,
        `/v3/role_assignments?user.id=${blue.user}`,
        // Nobody has become an administrator, whoever was made one.
        `/v3/role_assignments?role.id=${roles['admin']}`,
        '/v3/role_assignments?scope.system=all',
        '/v3/domains',
        '/v3/roles',
      ]) {
        seen.push(await admin.expect(200, 'identity', 'GET', path));
      }
      const own = await admin.request('identity', 'GET', `/v3/users/${blue.user}`, { token: blue.token });
      return JSON.stringify([seen, own.status]);
    },
  };
}
