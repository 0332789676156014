import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApiClient, until } from '#testing/api-client';
import type { ApiAnswer } from '#testing/api-client';
import { Cloud, rowsOf } from '#testing/cloud';
import { openstack, openstackJson, openstackResult } from '#testing/openstack-command';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

type Row = Record<string, unknown>;

describe('tenants that an administrator makes', () => {
  let stack: Stack;
  let admin: ApiClient;
  let memberRole = '';
  before(async () => {
    stack = await startEmbedded();
    admin = new ApiClient(stack.ports);
    await admin.login();
    const roles = rowsOf(await admin.expect(200, 'identity', 'GET', '/v3/roles?name=member'), 'roles');
    memberRole = String(roles[0]?.['id']);
  });
  after(() => stack?.stop());

  const make = async (kind: string, fields: Row): Promise<Row> => {
    const answer = await admin.expect(201, 'identity', 'POST', `/v3/${kind}s`, { body: { [kind]: fields } });
    return answer[kind] as Row;
  };
  const ask = (method: string, path: string, body?: unknown, token?: string): Promise<ApiAnswer> =>
    admin.request('identity', method, path, { body, ...(token === undefined ? {} : { token }) });

  /** Answers the status, and with 201 a client that holds the token. */
  const logIn = async (user: string, password: string, project?: string): Promise<ApiClient | number> => {
    const client = new ApiClient(stack.ports);
    const scope = project === undefined ? 'unscoped' : { project: { id: project } };
    const identity = { methods: ['password'], password: { user: { id: user, password } } };
    const answer = await client.request('identity', 'POST', '/v3/auth/tokens', {
      token: null,
      body: { auth: { identity, scope } },
    });
    client.token = answer.headers.get('x-subject-token') ?? '';
    return answer.status === 201 ? client : answer.status;
  };
  const tenant = async (name: string): Promise<{ client: ApiClient; user: string; project: string }> => {
    const project = String((await make('project', { name: `project-${name}` }))['id']);
    const user = String((await make('user', { name, password: `pw-${name}`, default_project_id: project }))['id']);
    assert.equal(await logIn(user, `pw-${name}`, project), 401);
    await admin.expect(204, 'identity', 'PUT', `/v3/projects/${project}/users/${user}/roles/${memberRole}`);
    const client = await logIn(user, `pw-${name}`, project);
    if (typeof client === 'number') throw new Error(`login of ${name}: ${client}`);
    return { client, user, project };
  };
  const computeStatus = async (client: ApiClient): Promise<number> =>
    (await client.request('osapi_compute', 'GET', '/v2.1/servers')).status;
  const untilRefused = (client: ApiClient): Promise<true> =>
    until(async () => ((await computeStatus(client)) === 401 ? true : undefined), 'token refused', 10_000);

  it('log in and see nothing of each other', async () => {
    const [red, blue] = [await tenant('red'), await tenant('blue')];
    const network = await new Cloud(red.client).createNetwork('red-net', '10.1.0.0/24');
    assert.equal((await blue.client.request('network', 'GET', `/v2.0/networks/${network}`)).status, 404);
    const seen = await blue.client.expect(200, 'network', 'GET', '/v2.0/networks');
    assert.deepEqual(rowsOf(seen, 'networks'), []);
    assert.equal((await ask('GET', `/v3/users/${red.user}`, undefined, blue.client.token)).status, 404);
    for (const [method, path, body] of [
      ['POST', '/v3/users', { user: { name: 'x' } }],
      ['POST', '/v3/projects', { project: { name: 'x' } }],
      ['POST', '/v3/roles', { role: { name: 'x' } }],
      ['POST', '/v3/domains', { domain: { name: 'x' } }],
      ['PATCH', `/v3/users/${red.user}`, { user: { password: 'mine' } }],
      ['DELETE', `/v3/projects/${red.project}`, undefined],
      ['DELETE', '/v3/users/nobody', undefined],
      ['PUT', `/v3/projects/${red.project}/users/${blue.user}/roles/${memberRole}`, undefined],
      ['PUT', `/v3/system/users/${blue.user}/roles/${memberRole}`, undefined],
      ['GET', `/v3/projects/${red.project}/users/${red.user}/roles`, undefined],
    ] as const) {
      const answer = await ask(method, path, body, blue.client.token);
      assert.equal(answer.status, 403, `${method} ${path}: ${answer.text}`);
    }
  });

  it('lose their tokens with the grant, the project, the password and the user', async () => {
    const { client, user, project } = await tenant('loser');
    const grant = `/v3/projects/${project}/users/${user}/roles/${memberRole}`;
    assert.equal(await computeStatus(client), 200);
    assert.equal((await ask('HEAD', grant)).status, 204);
    assert.equal((await ask('DELETE', grant)).status, 204);
    assert.equal((await ask('HEAD', grant)).status, 404);
    assert.equal((await ask('DELETE', grant)).status, 404);
    await untilRefused(client);

    const again = async (password = 'pw-loser'): Promise<ApiClient> => {
      const found = await logIn(user, password, project);
      if (typeof found === 'number') throw new Error(`login: ${found}`);
      assert.equal(await computeStatus(found), 200);
      return found;
    };
    assert.equal((await ask('PUT', grant)).status, 204);
    const second = await again();
    await admin.expect(200, 'identity', 'PATCH', `/v3/projects/${project}`, { body: { project: { enabled: false } } });
    await untilRefused(second);
    assert.equal(await logIn(user, 'pw-loser', project), 401);
    await admin.expect(200, 'identity', 'PATCH', `/v3/projects/${project}`, { body: { project: { enabled: true } } });

    const third = await again();
    const change = (original: string, password: string): Promise<ApiAnswer> =>
      ask('POST', `/v3/users/${user}/password`, { user: { original_password: original, password } }, third.token);
    assert.equal((await change('wrong', 'next')).status, 401);
    assert.equal((await change('pw-loser', 'pw-loser')).status, 400);
    assert.equal((await change('pw-loser', 'next')).status, 204);
    assert.equal((await change('next', 'other')).status, 401);
    await untilRefused(third);
    assert.equal(await logIn(user, 'pw-loser'), 401);

    const fourth = await again('next');
    await admin.expect(200, 'identity', 'PATCH', `/v3/users/${user}`, { body: { user: { enabled: false } } });
    await untilRefused(fourth);
    assert.equal(await logIn(user, 'next'), 401);
    await admin.expect(200, 'identity', 'PATCH', `/v3/users/${user}`, { body: { user: { enabled: true } } });
    const fifth = await again('next');
    assert.equal((await ask('DELETE', `/v3/users/${user}`)).status, 204);
    await untilRefused(fifth);
    assert.equal((await ask('GET', `/v3/users/${user}`)).status, 404);
  });

  it('live in domains that are disabled and deleted as a whole', async () => {
    const domain = String((await make('domain', { name: 'branch', options: {} }))['id']);
    const user = String((await make('user', { name: 'red', domain_id: domain, password: 'p' }))['id']);
    const project = await make('project', { name: 'project-red', domain_id: domain, tags: ['a'] });
    assert.deepEqual([project['domain_id'], project['tags'], project['parent_id']], [domain, ['a'], domain]);
    const grant = `/v3/domains/${domain}/users/${user}/roles/${memberRole}`;
    assert.equal((await ask('PUT', grant)).status, 204);
    const roles = await admin.expect(200, 'identity', 'GET', grant.slice(0, grant.lastIndexOf('/')));
    assert.deepEqual(
      rowsOf(roles, 'roles').map((role) => role['name']),
      ['member'],
    );
    const direct = await admin.expect(200, 'identity', 'GET', `/v3/role_assignments?user.id=${user}`);
    assert.equal(rowsOf(direct, 'role_assignments').length, 1);
    const effective = await admin.expect(
      200,
      'identity',
      'GET',
      `/v3/role_assignments?user.id=${user}&effective&include_names`,
    );
    const names = rowsOf(effective, 'role_assignments').map((one) => String((one['role'] as Row)['name']));
    assert.deepEqual(
      names.toSorted((a, b) => a.localeCompare(b)),
      ['member', 'reader'],
    );
    assert.equal((await ask('DELETE', `/v3/domains/${domain}`)).status, 403);
    await admin.expect(200, 'identity', 'PATCH', `/v3/domains/${domain}`, { body: { domain: { enabled: false } } });
    assert.equal(await logIn(user, 'p'), 401);
    assert.equal((await ask('DELETE', `/v3/domains/${domain}`)).status, 204);
    assert.equal((await ask('GET', `/v3/users/${user}`)).status, 404);
  });

  it('are told what is wrong with a request', async () => {
    for (const [status, path, body] of [
      [409, '/v3/projects', { project: { name: 'admin' } }],
      [409, '/v3/users', { user: { name: 'admin' } }],
      [409, '/v3/roles', { role: { name: 'member' } }],
      [400, '/v3/users', { user: {} }],
      [400, '/v3/users', { user: { name: 'a', unknown: 1 } }],
      [400, '/v3/users', { user: { name: 'a', options: { lock_password: true } } }],
      [400, '/v3/users', { user: { name: 'a', default_project_id: 'nope' } }],
      [400, '/v3/projects', { project: { name: 'p', domain_id: 'default', parent_id: 'another' } }],
      [404, '/v3/projects', { project: { name: 'p', domain_id: 'nope' } }],
      [400, '/v3/domains', {}],
    ] as const) {
      const answer = await ask('POST', path, body);
      assert.equal(answer.status, status, `${path} ${JSON.stringify(body)}: ${answer.text}`);
      assert.equal((answer.json['error'] as Row)['code'], status);
    }
    for (const path of ['/v3/users/nope', '/v3/projects/nope', '/v3/roles/nope', '/v3/domains/nope']) {
      assert.equal((await ask('DELETE', path)).status, 404, path);
    }
  });

  it('are made and used by the openstack command', async () => {
    const project = (await openstackJson(stack, 'project', 'create', 'cli', '--description', 'by command')) as Row;
    assert.equal(project['description'], 'by command');
    await openstackJson(stack, 'user', 'create', 'carol', '--password', 'secret', '--project', 'cli');
    await openstack(stack, 'role', 'add', '--user', 'carol', '--project', 'cli', 'member');
    const clouds = `clouds:
  albireo:
    auth:
      auth_url: http://127.0.0.1:${stack.ports.identity}/v3
      username: carol
      password: secret
      project_name: cli
      user_domain_id: default
      project_domain_id: default
    identity_api_version: 3
`;
    const cloudsFile = join(stack.directory, 'carol.yaml');
    await writeFile(cloudsFile, clouds);
    const carol = { ...stack, cloudsFile };
    assert.deepEqual(await openstackJson(carol, 'server', 'list'), []);
    assert.notEqual((await openstackResult(carol, ['user', 'create', 'mallory'])).code, 0);
  });
});
