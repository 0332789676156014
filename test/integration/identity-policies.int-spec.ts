import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startIdentityCloud } from '../support/identity-cloud.js';
import type { IdentityAnswer, IdentityCloud, TokenScope } from '../support/identity-cloud.js';

// keystone's default policies (keystone/common/policies, of 2026), rule by rule: who gets what, and when it is 403 and
// when 404. Two domains, red and blue, each with a project and a user; the callers belong to red.
const CALLERS = {
  admin: ['admin', 'project'],
  systemAdmin: ['admin', 'system'],
  systemReader: ['reader', 'system'],
  domainAdmin: ['admin', 'domain'],
  domainManager: ['manager', 'domain'],
  domainReader: ['reader', 'domain'],
  projectManager: ['manager', 'project'],
  member: ['member', 'project'],
  unscoped: [null, 'unscoped'],
} as const;
type Caller = keyof typeof CALLERS;
const NAMES = Object.keys(CALLERS) as Caller[];

/** Statuses in the order of the callers above. */
type Row = readonly [method: string, path: string, statuses: string, body?: object];

describe("keystone's policies", () => {
  let cloud: IdentityCloud;
  const tokens = new Map<Caller, string>();
  const users = new Map<Caller, string>();
  const ids: Record<string, string> = {};
  before(async () => {
    cloud = await startIdentityCloud();
    for (const colour of ['red', 'blue']) {
      const domain = await cloud.make('domain', { name: colour });
      const project = await cloud.make('project', { name: `${colour}-project`, domain_id: domain });
      const user = await cloud.make('user', { name: `${colour}-user`, domain_id: domain });
      const gone = await cloud.make('user', { name: `${colour}-gone`, domain_id: domain });
      await cloud.grant(user, 'member', { project });
      await cloud.grant(user, 'member', { domain });
      Object.assign(ids, { [colour]: domain, [`${colour}P`]: project, [`${colour}U`]: user, [`${colour}G`]: gone });
    }
    for (const [name, id] of cloud.roles) ids[name] = id;
    ids['other'] = await cloud.make('role', { name: 'other' });
    for (const name of NAMES) {
      const [role, on] = CALLERS[name];
      const scope: TokenScope =
        on === 'project' ? { project: ids['redP'] ?? '' } : on === 'domain' ? { domain: ids['red'] ?? '' } : on;
      const user =
        role === null || scope === 'unscoped'
          ? await cloud.make('user', {
              name: `${name}-caller`,
              domain_id: ids['red'],
              password: 'a-password-for-tests',
            })
          : await cloud.userWith(`${name}-caller`, ids['red'] ?? '', role, scope);
      users.set(name, user);
      tokens.set(name, await cloud.logIn(user, scope));
    }
  });
  after(() => cloud?.stop());

  const filled = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? name);
  const ask = (caller: Caller, method: string, path: string, body?: object): Promise<IdentityAnswer> =>
    cloud.ask(method, filled(path), {
      token: tokens.get(caller) ?? null,
      ...(body === undefined ? {} : { body: JSON.parse(filled(JSON.stringify(body))) }),
    });
  const verify = async (rows: readonly Row[]): Promise<void> => {
    const wrong: string[] = [];
    for (const [method, path, expected, body] of rows) {
      const found: number[] = [];
      for (const caller of NAMES) found.push((await ask(caller, method, path, body)).status);
      if (found.join(' ') !== expected)
        wrong.push(`${method} ${path}\n  expected ${expected}\n  found    ${found.join(' ')}`);
    }
    assert.deepEqual(wrong, []);
  };
  const namesOf = async (caller: Caller, path: string): Promise<readonly string[]> => {
    const answer = await ask(caller, 'GET', path);
    assert.equal(answer.status, 200, answer.text);
    const [rows] = Object.values(answer.json) as { name: string }[][];
    return (rows ?? []).map(({ name }) => name).toSorted();
  };

  //                                admin sysA sysR domA domM domR prjM member unscoped
  it('users', async () => {
    await verify([
      ['GET', '/v3/users', '200 200 200 200 200 200 403 403 403'],
      ['GET', '/v3/users/{redU}', '200 200 200 200 200 200 403 403 403'],
      ['GET', '/v3/users/{blueU}', '200 200 200 200 403 403 403 403 403'],
      ['GET', '/v3/users/nobody', '404 404 404 404 403 403 403 403 403'],
      ['GET', '/v3/users/{redU}/projects', '200 200 200 200 200 200 403 403 403'],
      ['GET', '/v3/users/{blueU}/projects', '200 200 200 200 403 403 403 403 403'],
      ['GET', '/v3/users/nobody/projects', '404 404 404 404 403 403 403 403 403'],
      ['PATCH', '/v3/users/{redU}', '200 200 403 200 200 403 403 403 403', { user: { description: 'x' } }],
      ['PATCH', '/v3/users/{blueU}', '200 200 403 200 403 403 403 403 403', { user: { description: 'x' } }],
      ['PATCH', '/v3/users/nobody', '404 404 403 404 403 403 403 403 403', { user: { description: 'x' } }],
      ['DELETE', '/v3/users/nobody', '404 404 403 404 403 403 403 403 403'],
    ]);
  });

  it('a user sees itself and its projects with any token', async () => {
    for (const caller of NAMES) {
      const own = `/v3/users/${users.get(caller)}`;
      assert.equal((await ask(caller, 'GET', own)).status, 200, caller);
      assert.equal((await ask(caller, 'GET', `${own}/projects`)).status, 200, caller);
    }
  });

  it('projects', async () => {
    await verify([
      ['GET', '/v3/projects', '200 200 200 200 200 200 403 403 403'],
      ['GET', '/v3/projects/{redP}', '200 200 200 200 200 200 200 200 403'],
      ['GET', '/v3/projects/{blueP}', '200 200 200 200 403 403 403 403 403'],
      ['GET', '/v3/projects/none', '404 404 404 404 403 403 403 403 403'],
      ['PATCH', '/v3/projects/{redP}', '200 200 403 200 200 403 403 403 403', { project: { description: 'x' } }],
      ['PATCH', '/v3/projects/{blueP}', '200 200 403 200 403 403 403 403 403', { project: { description: 'x' } }],
      ['PATCH', '/v3/projects/none', '404 404 403 404 403 403 403 403 403', { project: { description: 'x' } }],
      ['DELETE', '/v3/projects/none', '404 404 403 404 403 403 403 403 403'],
    ]);
  });

  it('what is created has a domain: a manager of one creates there, and has to name it', async () => {
    let count = 0;
    for (const kind of ['user', 'project'] as const) {
      const create = async (caller: Caller, domain?: string): Promise<number> => {
        count += 1;
        const fields = { name: `made-${count}`, ...(domain === undefined ? {} : { domain_id: ids[domain] }) };
        return (await ask(caller, 'POST', `/v3/${kind}s`, { [kind]: fields })).status;
      };
      assert.equal(await create('domainManager', 'red'), 201, kind);
      assert.equal(await create('domainManager', 'blue'), 403, kind);
      assert.equal(await create('domainManager'), 403, kind);
      assert.equal(await create('domainReader', 'red'), 403, kind);
      assert.equal(await create('projectManager', 'red'), 403, kind);
      assert.equal(await create('systemReader', 'red'), 403, kind);
      assert.equal(await create('systemAdmin', 'blue'), 201, kind);
      // An administrator is one everywhere, with a token for a domain too: keystone's rule:admin_required.
      assert.equal(await create('domainAdmin', 'blue'), 201, kind);
    }
  });

  it('domains: whoever is of one sees it; changing them is not for a token of a domain', async () => {
    await verify([
      ['GET', '/v3/domains', '200 200 200 200 200 200 403 403 403'],
      ['GET', '/v3/domains/{red}', '200 200 200 200 200 200 200 200 403'],
      ['GET', '/v3/domains/{blue}', '200 200 200 200 403 403 403 403 403'],
      ['GET', '/v3/domains/none', '404 404 404 404 403 403 403 403 403'],
      ['POST', '/v3/domains', '409 409 403 403 403 403 403 403 403', { domain: { name: 'red' } }],
      ['PATCH', '/v3/domains/{red}', '200 200 403 403 403 403 403 403 403', { domain: { description: 'x' } }],
      ['PATCH', '/v3/domains/none', '404 404 404 404 404 404 404 404 404', { domain: { description: 'x' } }],
      ['DELETE', '/v3/domains/{red}', '403 403 403 403 403 403 403 403 403'],
      ['DELETE', '/v3/domains/none', '404 404 404 404 404 404 404 404 404'],
    ]);
  });

  it('roles', async () => {
    await verify([
      ['GET', '/v3/roles', '200 200 200 200 200 403 403 403 403'],
      ['GET', '/v3/roles?domain_id={red}', '200 200 200 403 403 403 403 403 403'],
      ['GET', '/v3/roles/{member}', '200 200 200 200 200 403 200 403 403'],
      ['GET', '/v3/roles/{other}', '200 200 200 200 403 403 403 403 403'],
      ['GET', '/v3/roles/none', '404 404 404 404 404 404 404 404 404'],
      ['POST', '/v3/roles', '409 409 403 403 403 403 403 403 403', { role: { name: 'other' } }],
      ['POST', '/v3/roles', '201 409 403 403 403 403 403 403 403', { role: { name: 'x', domain_id: '{red}' } }],
      ['PATCH', '/v3/roles/{other}', '200 200 403 403 403 403 403 403 403', { role: { description: 'x' } }],
      ['DELETE', '/v3/roles/{member}', '403 403 403 403 403 403 403 403 403'],
      ['DELETE', '/v3/roles/none', '404 404 404 404 404 404 404 404 404'],
    ]);
  });

  it('grants: within a domain its administrators, and its managers for the roles below their own', async () => {
    const on = (scope: string, user: string, role = ''): string => `/v3/${scope}/users/${user}/roles${role}`;
    const all = '204 204 403 204 204 403 403 403 403';
    const admins = '204 204 403 204 403 403 403 403 403';
    const seen = '204 204 204 204 204 204 403 403 403';
    for (const [red, blue] of [
      ['projects/{redP}', 'projects/{blueP}'],
      ['domains/{red}', 'domains/{blue}'],
    ] as const) {
      await verify([
        ['GET', on(red, '{redU}'), '200 200 200 200 200 200 403 403 403'],
        ['GET', on(blue, '{blueU}'), '200 200 200 200 403 403 403 403 403'],
        ['GET', on(blue, '{redU}'), '200 200 200 200 403 403 403 403 403'],
        ['HEAD', on(red, '{redU}', '/{member}'), seen],
        ['HEAD', on(blue, '{blueU}', '/{member}'), '204 204 204 204 403 403 403 403 403'],
        ['HEAD', on(red, '{redU}', '/{other}'), '404 404 404 404 404 404 403 403 403'],
        ['PUT', on(red, '{redU}', '/{reader}'), all],
        ['PUT', on(red, '{redU}', '/{manager}'), all],
        ['PUT', on(red, '{redU}', '/{admin}'), admins],
        ['PUT', on(red, '{redU}', '/{other}'), admins],
        ['PUT', on(blue, '{redU}', '/{reader}'), admins],
        ['PUT', on(red, '{blueU}', '/{reader}'), admins],
        ['PUT', on(red, 'nobody', '/{reader}'), '404 404 404 404 404 404 404 404 404'],
        ['PUT', on(red, '{redU}', '/none'), '404 404 404 404 404 404 404 404 404'],
        ['DELETE', on(red, 'nobody', '/{reader}'), '404 404 403 404 403 403 403 403 403'],
      ]);
    }
    await verify([
      ['PUT', on('projects/none', '{redU}', '/{reader}'), '404 404 404 404 404 404 404 404 404'],
      ['PUT', on('domains/none', '{redU}', '/{reader}'), '404 404 404 404 404 404 404 404 404'],
      ['GET', on('system', '{redU}'), '200 200 200 403 403 403 403 403 403'],
      ['HEAD', on('system', '{redU}', '/{reader}'), '404 404 404 403 403 403 403 403 403'],
      ['PUT', on('system', '{redG}', '/{reader}'), '204 204 403 403 403 403 403 403 403'],
      ['DELETE', on('system', '{redU}', '/{reader}'), '404 404 403 403 403 403 403 403 403'],
    ]);
  });

  it('a role of another domain is not given on a project, is on a domain, and never on the system', async () => {
    ids['blueR'] = await cloud.make('role', { name: 'blue-role', domain_id: ids['blue'] });
    const on = (scope: string): string => `/v3/${scope}/users/{redU}/roles/{blueR}`;
    await verify([
      ['HEAD', on('projects/{redP}'), '404 404 404 404 403 403 403 403 403'],
      ['PUT', on('projects/{redP}'), '403 403 403 403 403 403 403 403 403'],
      ['DELETE', on('projects/{redP}'), '404 404 403 404 403 403 403 403 403'],
      ['PUT', on('domains/{red}'), '204 204 403 204 403 403 403 403 403'],
      ['PUT', on('system'), '400 400 403 403 403 403 403 403 403'],
    ]);
    const { json } = await ask('admin', 'PUT', on('projects/{redP}'));
    const text = `Project ${ids['redP']} must be in the same domain as the role ${ids['blueR']} being assigned.`;
    assert.equal((json['error'] as { message: string }).message, text);
  });

  it('a domain is deleted with its roles, also one that somebody holds', async () => {
    const domain = await cloud.make('domain', { name: 'brief' });
    const role = await cloud.make('role', { name: 'brief-role', domain_id: domain });
    await cloud.expect(204, 'PUT', `/v3/domains/${ids['red']}/users/${ids['redU']}/roles/${role}`);
    await cloud.expect(200, 'PATCH', `/v3/domains/${domain}`, { body: { domain: { enabled: false } } });
    await cloud.expect(204, 'DELETE', `/v3/domains/${domain}`);
    await cloud.expect(404, 'GET', `/v3/roles/${role}`);
  });

  it('groups and limits: that there is none to delete is told to everybody', async () => {
    const all = '404 404 404 404 404 404 404 404 404';
    await verify([
      ['GET', '/v3/groups/none', '404 404 404 404 403 403 403 403 403'],
      ['PATCH', '/v3/groups/none', '404 404 403 404 403 403 403 403 403', { group: { description: 'x' } }],
      ['DELETE', '/v3/groups/none', all],
      ['PATCH', '/v3/limits/none', all, { limit: { resource_limit: 5 } }],
      ['DELETE', '/v3/limits/none', all],
    ]);
  });

  it('role assignments', async () => {
    const tree = '/v3/role_assignments?include_subtree&scope.project.id=';
    await verify([
      ['GET', '/v3/role_assignments', '200 200 200 200 200 200 403 403 403'],
      ['GET', `${tree}{redP}`, '200 200 200 200 200 200 403 403 403'],
      ['GET', `${tree}{blueP}`, '200 200 200 200 403 403 403 403 403'],
      ['GET', '/v3/role_assignments?include_subtree', '400 400 400 400 403 403 403 403 403'],
    ]);
  });

  it('the catalog', async () => {
    await verify([
      ['GET', '/v3/services', '200 200 200 403 403 403 403 403 403'],
      ['GET', '/v3/endpoints', '200 200 200 403 403 403 403 403 403'],
      ['GET', '/v3/regions', '200 200 200 200 200 200 200 200 200'],
      ['GET', '/v3/auth/catalog', '200 403 403 403 403 403 200 200 403'],
      ['GET', '/v3/auth/projects', '200 200 200 200 200 200 200 200 200'],
      ['GET', '/v3/auth/domains', '200 200 200 200 200 200 200 200 200'],
      ['GET', '/v3/auth/system', '200 200 200 200 200 200 200 200 200'],
    ]);
  });

  it('lists with a token for a domain hold that domain alone, an administrator of it included', async () => {
    for (const caller of ['domainAdmin', 'domainManager', 'domainReader'] as const) {
      assert.deepEqual(await namesOf(caller, '/v3/domains'), ['red']);
      const projects = await namesOf(caller, '/v3/projects');
      assert.ok(projects.includes('red-project') && !projects.includes('blue-project'), projects.join());
      assert.deepEqual(await namesOf(caller, '/v3/projects?domain_id={blue}'), []);
      const found = await namesOf(caller, '/v3/users');
      assert.ok(found.includes('red-user') && !found.includes('blue-user') && !found.includes('admin'), found.join());
      const { json } = await ask(caller, 'GET', '/v3/role_assignments?include_names');
      const rows = json['role_assignments'] as {
        scope: { project?: { domain: { name: string } }; domain?: { name: string } };
      }[];
      assert.ok(rows.length > 0);
      for (const { scope } of rows) assert.equal(scope.project?.domain.name ?? scope.domain?.name, 'red');
    }
    assert.ok((await namesOf('systemReader', '/v3/domains')).includes('blue'));
  });

  it('lists of the holder of a token are its own', async () => {
    assert.deepEqual(await namesOf('member', '/v3/auth/projects'), ['red-project']);
    assert.deepEqual(await namesOf('member', '/v3/auth/domains'), []);
    assert.deepEqual(await namesOf('domainReader', '/v3/auth/domains'), ['red']);
    assert.deepEqual((await ask('systemReader', 'GET', '/v3/auth/system')).json['system'], [{ all: true }]);
    assert.deepEqual((await ask('admin', 'GET', '/v3/auth/system')).json['system'], []);
  });

  it('tokens: of others for administrators and readers of the system; only administrators end them', async () => {
    const statuses = async (method: string, subject: string): Promise<string> => {
      const found: number[] = [];
      for (const caller of NAMES) {
        const headers = { 'x-subject-token': subject };
        found.push((await cloud.ask(method, '/v3/auth/tokens', { token: tokens.get(caller) ?? null, headers })).status);
      }
      return found.join(' ');
    };
    assert.equal(await statuses('GET', cloud.admin), '200 200 200 200 403 403 403 403 403');
    assert.equal(await statuses('HEAD', cloud.admin), '200 200 200 200 403 403 403 403 403');
    const service = await cloud.userWith('glance', 'default', 'service', { project: ids['redP'] ?? '' });
    const token = await cloud.logIn(service, { project: ids['redP'] ?? '' });
    const headers = { 'x-subject-token': cloud.admin };
    assert.equal((await cloud.ask('GET', '/v3/auth/tokens', { token, headers })).status, 200);
    assert.equal((await cloud.ask('DELETE', '/v3/auth/tokens', { token, headers })).status, 403);
  });
});
