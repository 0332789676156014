import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { IdentityCloud, startIdentityCloud } from '../support/identity-cloud.js';

type Row = Record<string, unknown>;

describe('what users hold by groups, inheritance and implication', () => {
  let cloud: IdentityCloud;
  let user = '';
  let parent = '';
  let child = '';
  let domain = '';
  before(async () => {
    cloud = await startIdentityCloud();
    domain = await cloud.make('domain', { name: 'tree' });
    parent = await cloud.make('project', { name: 'parent', domain_id: domain });
    child = await cloud.make('project', { name: 'child', domain_id: domain, parent_id: parent });
    user = await cloud.make('user', { name: 'leaf', domain_id: domain, password: 'a-password-for-tests' });
  });
  after(() => cloud?.stop());

  const role = (name: string): string => cloud.roles.get(name) ?? '';
  const logIn = (project: string) =>
    cloud.ask('POST', '/v3/auth/tokens', { token: null, body: IdentityCloud.credentials(user, { project }) });
  const rolesOn = async (project: string): Promise<readonly string[]> => {
    const token = (await logIn(project)).json['token'] as { roles: { name: string }[] } | undefined;
    return (token?.roles ?? []).map(({ name }) => name);
  };
  const assignments = async (query: string): Promise<Row[]> =>
    (await cloud.ask('GET', `/v3/role_assignments?${query}`)).json['role_assignments'] as Row[];

  it('are roles of a group for its members, as long as they are members', async () => {
    const group = await cloud.expect(201, 'POST', '/v3/groups', {
      body: { group: { name: 'crew', domain_id: domain } },
    });
    const members = `/v3/groups/${String(group['id'])}/users`;
    const grant = `/v3/projects/${parent}/groups/${String(group['id'])}/roles/${role('member')}`;
    await cloud.expect(204, 'PUT', grant);
    await cloud.expect(204, 'HEAD', grant);
    assert.equal((await logIn(parent)).status, 401);
    assert.equal((await cloud.ask('HEAD', `${members}/${user}`)).status, 404);
    await cloud.expect(204, 'PUT', `${members}/${user}`);
    await cloud.expect(204, 'HEAD', `${members}/${user}`);
    assert.deepEqual(await rolesOn(parent), ['member', 'reader']);
    const token = await cloud.logIn(user, { project: parent });
    assert.equal(((await cloud.ask('GET', members)).json['users'] as Row[]).length, 1);
    const own = await cloud.ask('GET', `/v3/users/${user}/groups`, { token });
    assert.deepEqual(
      (own.json['groups'] as Row[]).map(({ name, membership_expires_at: ends }) => [name, ends]),
      [['crew', null]],
    );
    const [direct] = await assignments(`group.id=${String(group['id'])}&include_names`);
    assert.deepEqual(direct?.['group'], { id: group['id'], name: 'crew', domain: { id: domain, name: 'tree' } });
    const effective = await assignments(`user.id=${user}&effective`);
    assert.equal(effective.length, 2);
    assert.match(JSON.stringify(effective[0]?.['links']), new RegExp(`groups/${String(group['id'])}/users/${user}`));
    await cloud.expect(204, 'DELETE', `${members}/${user}`);
    assert.equal((await cloud.ask('GET', '/v3/auth/projects', { token })).status, 401);
    await cloud.expect(204, 'DELETE', `/v3/groups/${String(group['id'])}`);
    assert.equal((await cloud.ask('HEAD', grant)).status, 404);
  });

  it('are roles that projects inherit, from above or from the domain, and not where they are held', async () => {
    const path = (scope: string, of = role('reader')): string =>
      `/v3/OS-INHERIT/${scope}/users/${user}/roles/${of}/inherited_to_projects`;
    await cloud.expect(204, 'PUT', path(`projects/${parent}`));
    assert.deepEqual([await rolesOn(parent), await rolesOn(child)], [[], ['reader']]);
    const [told] = await assignments(`user.id=${user}`);
    assert.deepEqual(told?.['scope'], { project: { id: parent }, 'OS-INHERIT:inherited_to': 'projects' });
    const [effective] = await assignments(`user.id=${user}&effective`);
    assert.deepEqual(effective?.['scope'], { project: { id: child }, 'OS-INHERIT:inherited_to': 'projects' });
    await cloud.expect(204, 'DELETE', path(`projects/${parent}`));
    await cloud.expect(204, 'PUT', path(`domains/${domain}`));
    await cloud.expect(204, 'HEAD', path(`domains/${domain}`));
    assert.equal((await cloud.ask('HEAD', `/v3/domains/${domain}/users/${user}/roles/${role('reader')}`)).status, 404);
    const list = await cloud.ask('GET', `/v3/OS-INHERIT/domains/${domain}/users/${user}/roles/inherited_to_projects`);
    assert.equal((list.json['roles'] as Row[]).length, 1, list.text);
    assert.deepEqual([await rolesOn(parent), await rolesOn(child)], [['reader'], ['reader']]);
    const token = await cloud.logIn(user, { project: child });
    await cloud.expect(204, 'DELETE', path(`domains/${domain}`));
    assert.equal((await cloud.ask('GET', '/v3/auth/projects', { token })).status, 401);
  });

  it('are roles that others imply, and roles of a domain by what they imply', async () => {
    const auditor = await cloud.make('role', { name: 'auditor' });
    const local = await cloud.make('role', { name: 'auditor', domain_id: domain });
    assert.equal(
      (await cloud.ask('POST', '/v3/roles', { body: { role: { name: 'auditor', domain_id: domain } } })).status,
      409,
    );
    const implied = `/v3/roles/${local}/implies/${auditor}`;
    const inference = await cloud.expect(201, 'PUT', implied);
    assert.deepEqual(
      [(inference['prior_role'] as Row)['name'], (inference['implies'] as Row)['id']],
      ['auditor', auditor],
    );
    await cloud.expect(204, 'PUT', `/v3/projects/${parent}/users/${user}/roles/${local}`);
    assert.deepEqual(await rolesOn(parent), ['auditor']);
    const token = await cloud.logIn(user, { project: parent });
    await cloud.expect(204, 'HEAD', implied);
    assert.equal((await cloud.ask('PUT', `/v3/roles/${auditor}/implies/${role('admin')}`)).status, 403);
    assert.equal((await cloud.ask('PUT', `/v3/roles/${auditor}/implies/${local}`)).status, 403);
    assert.ok(((await cloud.ask('GET', '/v3/role_inferences')).json['role_inferences'] as Row[]).length >= 4);
    await cloud.expect(204, 'DELETE', implied);
    assert.equal((await cloud.ask('GET', '/v3/auth/projects', { token })).status, 401);
    const listed = await cloud.expect(200, 'GET', `/v3/roles/${local}/implies`);
    assert.deepEqual(listed['implies'], []);
    const idsOf = async (query: string): Promise<unknown[]> =>
      ((await cloud.expect(200, 'GET', `/v3/roles${query}`))['roles'] as Row[]).map(({ id }) => id);
    assert.deepEqual(await idsOf(`?domain_id=${domain}`), [local]);
    // Without the filter, and with an empty one, the roles of domains are not listed.
    for (const query of ['', '?domain_id=']) {
      const ids = await idsOf(query);
      assert.deepEqual([ids.includes(auditor), ids.includes(local)], [true, false], query);
    }
  });

  it('has tags of projects one by one', async () => {
    const tags = `/v3/projects/${child}/tags`;
    await cloud.expect(201, 'PUT', `${tags}/red`);
    assert.deepEqual((await cloud.ask('PUT', tags, { body: { tags: ['blue', 'green'] } })).json['tags'], [
      'blue',
      'green',
    ]);
    await cloud.expect(204, 'GET', `${tags}/blue`);
    await cloud.expect(204, 'DELETE', `${tags}/blue`);
    assert.equal((await cloud.ask('DELETE', `${tags}/blue`)).status, 404);
    await cloud.expect(204, 'DELETE', tags);
    assert.deepEqual((await cloud.ask('GET', tags)).json['tags'], []);
  });
});
