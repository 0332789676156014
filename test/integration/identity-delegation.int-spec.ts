import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { IdentityCloud, startIdentityCloud } from '../support/identity-cloud.js';
import type { IdentityAnswer } from '../support/identity-cloud.js';

type Row = Record<string, unknown>;

describe('what users delegate', () => {
  let cloud: IdentityCloud;
  let project = '';
  let user = '';
  let token = '';
  let trustee = '';
  before(async () => {
    cloud = await startIdentityCloud();
    project = await cloud.make('project', { name: 'demo' });
    user = await cloud.userWith('owner', 'default', 'member', { project });
    trustee = await cloud.make('user', { name: 'trustee', password: 'a-password-for-tests' });
    token = await cloud.logIn(user, { project });
  });
  after(() => cloud?.stop());

  const create = (fields: Row, by = token): Promise<IdentityAnswer> =>
    cloud.ask('POST', `/v3/users/${user}/application_credentials`, {
      token: by,
      body: { application_credential: fields },
    });
  const made = async (fields: Row): Promise<Row> => {
    const answer = await create(fields);
    assert.equal(answer.status, 201, answer.text);
    return answer.json['application_credential'] as Row;
  };
  const logIn = (credential: Row, scope?: object): Promise<IdentityAnswer> => {
    const { id, name, user: owner, secret } = credential;
    const named = id === undefined ? { name, user: owner, secret } : { id, secret };
    const identity = { methods: ['application_credential'], application_credential: named };
    return cloud.ask('POST', '/v3/auth/tokens', { token: null, body: { auth: { identity, ...(scope && { scope }) } } });
  };
  const tokenOf = (answer: IdentityAnswer): string => {
    const found = answer.headers['x-subject-token'];
    assert.ok(typeof found === 'string', answer.text);
    return found;
  };
  const trustLogIn = (id: unknown, as = trustee): Promise<IdentityAnswer> => {
    const identity = { methods: ['password'], password: { user: { id: as, password: 'a-password-for-tests' } } };
    const scope = { 'OS-TRUST:trust': { id } };
    return cloud.ask('POST', '/v3/auth/tokens', { token: null, body: { auth: { identity, scope } } });
  };

  it('logs a program in by an application credential, with its roles, until it is deleted', async () => {
    const credential = await made({ name: 'ci', roles: [{ name: 'reader' }] });
    assert.equal(String(credential['secret']).length, 86);
    assert.equal(credential['unrestricted'], false);
    const answer = await logIn(credential);
    assert.equal(answer.status, 201, answer.text);
    const told = answer.json['token'] as Row;
    assert.deepEqual(
      (told['roles'] as Row[]).map(({ name }) => name),
      ['reader'],
    );
    assert.deepEqual(told['methods'], ['application_credential']);
    assert.deepEqual(told['application_credential'], { id: credential['id'], name: 'ci', restricted: true });
    assert.equal((await logIn({ name: 'ci', user: { id: user }, secret: credential['secret'] })).status, 201);
    assert.equal((await logIn({ id: credential['id'], secret: 'wrong' })).status, 401);
    assert.equal((await logIn(credential, { project: { id: project } })).status, 401);
    const own = tokenOf(answer);
    assert.equal((await create({ name: 'more' }, own)).status, 403);
    const shown = await cloud.expect(
      200,
      'GET',
      `/v3/users/${user}/application_credentials/${String(credential['id'])}`,
    );
    assert.ok(!('secret' in shown));
    assert.equal((await create({ name: 'ci' })).status, 409);
    assert.equal((await create({ name: 'up', roles: [{ name: 'admin' }] })).status, 400);
    assert.equal((await create({ name: 'late', expires_at: '2001-01-01T00:00:00Z' })).status, 400);
    assert.equal((await create({ name: 'foreign' }, cloud.admin)).status, 403);
    const listed = await cloud.ask('GET', `/v3/users/${user}/application_credentials?name=ci`, { token });
    assert.equal((listed.json['application_credentials'] as Row[]).length, 1);
    const others = await cloud.ask('GET', `/v3/users/${user}/application_credentials?name__startswith=d`, { token });
    assert.deepEqual(others.json['application_credentials'], []);
    await cloud.expect(204, 'DELETE', `/v3/users/${user}/application_credentials/${String(credential['id'])}`, {
      token,
    });
    assert.equal((await cloud.ask('GET', '/v3/auth/projects', { token: own })).status, 401);
    assert.equal((await logIn(credential)).status, 401);
  });

  it('bounds a program to the requests that its access rules name', async () => {
    const rule = { service: 'identity', method: 'GET', path: '/v3/auth/projects' };
    const credential = await made({ name: 'narrow', access_rules: [rule] });
    const own = tokenOf(await logIn(credential));
    assert.equal((await cloud.ask('GET', '/v3/auth/projects', { token: own })).status, 200);
    assert.equal((await cloud.ask('GET', '/v3/auth/domains', { token: own })).status, 401);
    const validate = (headers: Record<string, string>): Promise<IdentityAnswer> =>
      cloud.ask('GET', '/v3/auth/tokens', { headers: { 'x-subject-token': own, ...headers } });
    assert.equal((await validate({})).status, 404);
    const told = (await validate({ 'openstack-identity-access-rules': '1.0' })).json['token'] as Row;
    assert.equal(((told['application_credential'] as Row)['access_rules'] as Row[])[0]?.['path'], rule.path);
    const rules = (await cloud.ask('GET', `/v3/users/${user}/access_rules`, { token })).json['access_rules'] as Row[];
    const path = `/v3/users/${user}/access_rules/${String(rules[0]?.['id'])}`;
    assert.equal((await cloud.ask('DELETE', path, { token })).status, 403);
    await cloud.expect(204, 'DELETE', `/v3/users/${user}/application_credentials/${String(credential['id'])}`, {
      token,
    });
    await cloud.expect(204, 'DELETE', path, { token });
    assert.equal((await cloud.ask('GET', path, { token })).status, 404);
  });

  it('tells access rules in the order in which they were asked for', async () => {
    const paths = ['/v3/d', '/v3/b', '/v3/a', '/v3/c', '/v3/e'];
    const rules = paths.map((path) => ({ service: 'identity', method: 'GET', path }));
    const credential = await made({ name: 'ordered', access_rules: rules });
    const of = (found: unknown): unknown[] => (found as Row[]).map((rule) => rule['path']);
    assert.deepEqual(of(credential['access_rules']), paths);
    const all = await cloud.ask('GET', `/v3/users/${user}/access_rules`, { token });
    assert.deepEqual(of(all.json['access_rules']), paths);
  });

  it('ends application credentials with the role that they rest on', async () => {
    const role = `/v3/projects/${project}/users/${user}/roles/${cloud.roles.get('member')}`;
    const credential = await made({ name: 'resting' });
    const own = tokenOf(await logIn(credential));
    await cloud.expect(204, 'DELETE', role);
    assert.equal((await cloud.ask('GET', '/v3/auth/projects', { token: own })).status, 401);
    await cloud.expect(204, 'PUT', role);
    assert.equal((await logIn(credential)).status, 401);
    token = await cloud.logIn(user, { project });
  });

  it('refuses what keystone does not know of an application credential, and what it does not let others be', async () => {
    const refused: readonly (readonly [Row, RegExp])[] = [
      [{ name: 'n', colour: 1 }, /'colour' was unexpected/],
      [{ name: 'n', user_id: user }, /'user_id' was unexpected/],
      [{}, /'name' is a required property/],
      [{ name: ' ' }, /for field 'name'/],
      [{ name: 'n', roles: [{}] }, /for field 'roles': 'id' is a required property/],
      [{ name: 'n', roles: [{ id: 'r', domain_id: null }] }, /'domain_id' was unexpected/],
      [{ name: 'n', access_rules: [{ path: '/v3' }] }, /for field 'access_rules': 'service' is a required property/],
      [{ name: 'n', access_rules: [{ path: 'v3', service: 's', method: 'GET' }] }, /for field 'access_rules'/],
      [{ name: 'n', secret: 7 }, /for field 'secret': it is not of type/],
    ];
    for (const [fields, words] of refused) {
      const answer = await create(fields);
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.text, words);
    }
    // Of the token, whatever the body says.
    assert.equal((await made({ name: 'elsewhere', project_id: 'other', id: 'mine' }))['project_id'], project);
    const foreign = await cloud.ask('GET', `/v3/users/${trustee}/access_rules`, { token });
    assert.equal(foreign.status, 403);
  });

  it('lets a trustee act for a trustor, as often as was said', async () => {
    const fields = {
      trustor_user_id: user,
      trustee_user_id: trustee,
      project_id: project,
      roles: [{ name: 'member' }],
    };
    const post = (changes: Row, by = token): Promise<IdentityAnswer> =>
      cloud.ask('POST', '/v3/OS-TRUST/trusts', {
        token: by,
        body: { trust: { ...fields, impersonation: true, ...changes } },
      });
    const answer = await post({ remaining_uses: 1 });
    assert.equal(answer.status, 201, answer.text);
    const trust = answer.json['trust'] as Row;
    assert.deepEqual([trust['remaining_uses'], trust['redelegation_count'], trust['deleted_at']], [1, 0, null]);
    assert.equal((await trustLogIn(trust['id'], user)).status, 403);
    const used = await trustLogIn(trust['id']);
    assert.equal(used.status, 201, used.text);
    const told = used.json['token'] as Row;
    assert.equal((told['user'] as Row)['id'], user);
    assert.equal((told['OS-TRUST:trust'] as Row)['impersonation'], true);
    assert.equal((await trustLogIn(trust['id'])).status, 401);
    assert.equal((await post({}, cloud.admin)).status, 403);
    assert.equal((await post({ roles: [{ name: 'admin' }] })).status, 404);
    const again = (await post({ impersonation: false, allow_redelegation: true })).json['trust'] as Row;
    assert.equal(again['redelegation_count'], 3);
    const path = `/v3/OS-TRUST/trusts/${String(again['id'])}`;
    const own = tokenOf(await trustLogIn(again['id']));
    const passed = await post({ trustor_user_id: trustee, trustee_user_id: user, impersonation: false }, own);
    assert.equal((passed.json['trust'] as Row | undefined)?.['redelegated_trust_id'], again['id'], passed.text);
    const scoped = { identity: { methods: ['token'], token: { id: own } }, scope: { project: { id: project } } };
    assert.equal((await cloud.ask('POST', '/v3/auth/tokens', { token: null, body: { auth: scoped } })).status, 403);
    assert.equal(((await cloud.ask('GET', `${path}/roles`, { token })).json['roles'] as Row[]).length, 1);
    const listed = await cloud.ask('GET', `/v3/OS-TRUST/trusts?trustor_user_id=${user}`, { token });
    const [first, ...others] = listed.json['trusts'] as Row[];
    assert.deepEqual([others.length, first?.['id'], first?.['deleted_at']], [0, again['id'], null]);
    assert.ok(first !== undefined && !('roles' in first) && !('roles_links' in first));
    const [role = {}] = again['roles'] as Row[];
    assert.match(String((role['links'] as Row)['self']), /\/v3\/roles\/\w+$/);
    const shownRole = await cloud.expect(200, 'GET', `${path}/roles/${String(role['id'])}`, { token });
    assert.equal(shownRole['name'], 'member');
    assert.equal((await cloud.ask('GET', `${path}/roles/none`, { token })).status, 404);
    assert.equal((await post({ colour: 'blue', redelegated_trust_id: 'x' })).status, 201);
    assert.equal((await post({ remaining_uses: 0 })).status, 400);
    assert.equal((await cloud.ask('GET', '/v3/OS-TRUST/trusts', { token })).status, 403);
    await cloud.expect(204, 'DELETE', path, { token });
    assert.equal((await cloud.ask('GET', '/v3/auth/projects', { token: own })).status, 401);
    assert.equal((await cloud.ask('GET', path, { token })).status, 404);
  });

  it('makes keys for EC2 requests', async () => {
    const path = `/v3/users/${user}/credentials/OS-EC2`;
    const keys = await cloud.expect(201, 'POST', path, { token, body: { tenant_id: project } });
    assert.deepEqual([keys['tenant_id'], keys['user_id'], keys['trust_id']], [project, user, null]);
    const shown = await cloud.expect(200, 'GET', `${path}/${String(keys['access'])}`, { token });
    assert.deepEqual(shown, keys);
    assert.ok(String((keys['links'] as Row)['self']).endsWith(`${path}/${String(keys['access'])}`));
    assert.equal((await cloud.ask('POST', path, { token, body: { tenant_id: '' } })).status, 400);
    assert.equal((await cloud.ask('GET', `${path}/none`, { token })).status, 404);
    assert.equal(((await cloud.ask('GET', path, { token })).json['credentials'] as Row[]).length, 1);
    await cloud.expect(204, 'DELETE', `${path}/${String(keys['access'])}`, { token });
    assert.equal((await cloud.ask('GET', `${path}/${String(keys['access'])}`, { token })).status, 404);
  });

  it('reaches by a delegation no credentials but those of its project, and makes none by a restricted one', async () => {
    const add = async (projectId: string | null): Promise<unknown> => {
      const fields = {
        user_id: user,
        type: 'cert',
        blob: 'secret',
        ...(projectId === null ? {} : { project_id: projectId }),
      };
      return (await cloud.expect(201, 'POST', '/v3/credentials', { token, body: { credential: fields } }))['id'];
    };
    const [bound, free] = [await add(project), await add(null)];
    // As sealed secrets begin, which it is not.
    const pem = { user_id: user, type: 'cert', blob: 'v1.pem' };
    const alike = await cloud.expect(201, 'POST', '/v3/credentials', { token, body: { credential: pem } });
    const shown = await cloud.expect(200, 'GET', `/v3/credentials/${String(alike['id'])}`, { token });
    assert.equal(shown['blob'], 'v1.pem');
    await cloud.expect(204, 'DELETE', `/v3/credentials/${String(alike['id'])}`, { token });
    const credential = await cloud.expect(201, 'POST', `/v3/users/${user}/application_credentials`, {
      token,
      body: { application_credential: { name: 'narrow' } },
    });
    const own = tokenOf(await logIn(credential));
    const ask = (method: string, path = '', body?: object): Promise<IdentityAnswer> =>
      cloud.ask(method, `/v3/credentials${path}`, { token: own, ...(body === undefined ? {} : { body }) });
    const listed = (await ask('GET')).json['credentials'] as Row[];
    assert.deepEqual(
      listed.map(({ id }) => id),
      [bound],
    );
    assert.equal((await ask('GET', `/${String(bound)}`)).status, 200);
    assert.equal((await ask('GET', `/${String(free)}`)).status, 403);
    const fields = { user_id: user, project_id: project, type: 'cert', blob: 'more' };
    assert.equal((await ask('POST', '', { credential: fields })).status, 403);
    assert.equal((await ask('DELETE', `/${String(bound)}`)).status, 403);
    for (const id of [bound, free]) await cloud.expect(204, 'DELETE', `/v3/credentials/${String(id)}`, { token });
  });
});
