import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { IdentityCloud, startIdentityCloud } from '../support/identity-cloud.js';

interface Assignment {
  readonly user: object;
  readonly scope: { readonly project?: { readonly name: string } };
}

describe('resources of the Identity API', () => {
  let cloud: IdentityCloud;
  before(async () => {
    cloud = await startIdentityCloud();
  });
  after(() => cloud?.stop());

  const refused = async (status: number, method: string, url: string, body: object): Promise<string> => {
    const answer = await cloud.ask(method, url, { body });
    assert.equal(answer.status, status, answer.text);
    return (answer.json['error'] as { message: string }).message;
  };
  const names = async (url: string): Promise<readonly string[]> => {
    const answer = await cloud.ask('GET', url);
    assert.equal(answer.status, 200, answer.text);
    const [rows] = Object.values(answer.json) as { name: string }[][];
    return (rows ?? []).map(({ name }) => name).toSorted();
  };

  it('keep and show what keystone does not know, and change nothing that they do not name', async () => {
    for (const kind of ['user', 'project', 'domain', 'role']) {
      const extra = { 'x:colour': 'red', project_id: 'p', nested: { deep: [1, null, 'x'] }, nothing: null };
      const fields = { name: `extra ${kind}`, id: 'mine', links: { self: 'x' }, description: 'd', ...extra };
      const made = await cloud.expect(201, 'POST', `/v3/${kind}s`, { body: { [kind]: fields } });
      const id = String(made['id']);
      assert.match(id, /^[0-9a-f]{32}$/);
      const kept = { x_colour: 'red', project_id: 'p', nested: { deep: [1, null, 'x'] }, nothing: null };
      for (const [name, value] of Object.entries(kept)) assert.deepEqual(made[name], value, `${kind} ${name}`);
      assert.deepEqual(made['links'], { self: `http://cloud.example:5000/v3/${kind}s/${id}` });
      const change = { id, x_colour: 'blue', 'y-z': 1 };
      const changed = await cloud.expect(200, 'PATCH', `/v3/${kind}s/${id}`, { body: { [kind]: change } });
      assert.deepEqual({ ...changed, links: 0 }, { ...made, x_colour: 'blue', 'y-z': 1, links: 0 });
      assert.deepEqual(await cloud.expect(200, 'GET', `/v3/${kind}s/${id}`), changed);
      assert.equal(await refused(400, 'PATCH', `/v3/${kind}s/${id}`, { [kind]: { id: 'other' } }), 'Cannot change ID');
    }
  });

  it('refuse what their schemas refuse', async () => {
    const cases: readonly [string, object, RegExp][] = [
      ['users', { user: { name: ' ' } }, /name/],
      ['users', { user: { name: 'x', enabled: 'yes' } }, /enabled.*boolean/],
      ['users', { user: { name: 'x', enabled: null } }, /enabled.*boolean/],
      ['users', { user: { name: null } }, /name/],
      ['users', { user: {} }, /'name' is a required property/],
      ['users', { user: { name: 'x' }, other: 1 }, /'other' was unexpected/],
      ['users', {}, /'user' is a required property/],
      ['users', { user: [] }, /not of type 'object'/],
      ['users', { user: { name: 'x', federated: [{ idp_id: 'x' }] } }, /federated/],
      ['users', { user: { name: 'x', default_project_id: 'default' } }, /cannot be a domain ID/],
      ['projects', { project: { name: 'x'.repeat(65) } }, /too long/],
      ['projects', { project: { name: 'x', tags: ['a', 'a'] } }, /non-unique/],
      ['projects', { project: { name: 'x', tags: ['a/b'] } }, /'a\/b' does not match/],
      ['projects', { project: { name: 'x', tags: null } }, /tags/],
      ['projects', { project: { name: 'x', options: null } }, /options/],
      ['domains', { domain: { name: 'x', explicit_domain_id: 'short' } }, /UUID format/],
      ['domains', { domain: { name: 'x', extra: 'y'.repeat(70_000) } }, /65535 bytes/],
    ];
    for (const [path, body, message] of cases) assert.match(await refused(400, 'POST', `/v3/${path}`, body), message);
    const user = await cloud.make('user', { name: 'stays' });
    for (const name of ['name', 'enabled', 'options']) {
      assert.match(await refused(400, 'PATCH', `/v3/users/${user}`, { user: { [name]: null } }), new RegExp(name));
    }
    const other = { user: { domain_id: 'elsewhere' } };
    assert.equal(await refused(400, 'PATCH', `/v3/users/${user}`, other), 'Cannot change Domain ID');
  });

  it('keep numbers exactly, and refuse integers that would not stay exact', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const made = await cloud.expect(201, 'POST', '/v3/users', { body: { user: { name: 'exact', most, huge: 1e300 } } });
    assert.deepEqual([made['most'], made['huge']], [most, 1e300]);
    const id = String(made['id']);
    for (const extra of [2 ** 63, -(2 ** 53), [{ deep: 10 ** 20 }]]) {
      await refused(400, 'PATCH', `/v3/users/${id}`, { user: { extra } });
    }
    const filters = { interface: 2 ** 63 };
    await refused(400, 'POST', '/v3/OS-EP-FILTER/endpoint_groups', { endpoint_group: { name: 'e', filters } });
  });

  it('refuse ids in paths and filters that are too long, and find limits by a part of what they name', async () => {
    const long = 'i'.repeat(65);
    const federation = '/v3/OS-FEDERATION';
    for (const [path, body] of [
      ['identity_providers', { identity_provider: {} }],
      ['mappings', { mapping: { rules: [] } }],
      ['service_providers', { service_provider: { auth_url: 'http://a.example/', sp_url: 'http://b.example/' } }],
    ] as const) {
      assert.match(await refused(400, 'PUT', `${federation}/${path}/${long}`, body), /too long|does not match/, path);
    }
    for (const side of ['trustor', 'trustee']) {
      const answer = await cloud.ask('GET', `/v3/OS-TRUST/trusts?${side}_user_id=${'u'.repeat(256)}`);
      assert.equal(answer.status, 400, answer.text);
    }
    for (const filter of ['service_id__contains', 'region_id__icontains', 'resource_name__startswith']) {
      assert.deepEqual(await names(`/v3/limits?${filter}=none`), []);
    }
  });

  it('projects are below others, as deep as keystone lets them', async () => {
    const domain = await cloud.make('domain', { name: 'tree' });
    const root = await cloud.make('project', { name: 'level 1', domain_id: domain });
    const line = [root];
    for (const level of [2, 3, 4, 5]) {
      const parent = line.at(-1);
      const made = await cloud.expect(201, 'POST', '/v3/projects', {
        body: { project: { name: `level ${level}`, domain_id: domain, parent_id: parent } },
      });
      assert.equal(made['parent_id'], parent);
      line.push(String(made['id']));
    }
    const [, second, , , last] = line;
    const below = (parent: unknown, fields: object = {}): object => ({
      project: { name: 'new', domain_id: domain, parent_id: parent, ...fields },
    });
    assert.match(await refused(403, 'POST', '/v3/projects', below(last)), /Max hierarchy depth reached/);
    assert.match(await refused(400, 'POST', '/v3/projects', below('none')), /Could not find project: none/);
    assert.match(await refused(400, 'POST', '/v3/projects', below('default')), /is acting as a domain/);
    const stranger = below(root, { domain_id: 'default' });
    assert.match(await refused(400, 'POST', '/v3/projects', stranger), /a parent in a different domain/);
    const project = (id: unknown): string => `/v3/projects/${String(id)}`;
    assert.match(await refused(403, 'PATCH', project(second), { project: { parent_id: domain } }), /`parent_id`/);
    await cloud.expect(200, 'PATCH', project(second), { body: { project: { parent_id: root, domain_id: domain } } });
    assert.match(await refused(403, 'PATCH', project(root), { project: { enabled: false } }), /enabled projects/);
    assert.match(await refused(403, 'DELETE', project(root), {}), /not a leaf/);
    for (const id of line.toReversed())
      await cloud.expect(200, 'PATCH', project(id), { body: { project: { enabled: false } } });
    assert.match(await refused(403, 'PATCH', project(last), { project: { enabled: true } }), /disabled parents/);
    assert.match(await refused(400, 'POST', '/v3/projects', below(second)), /a disabled project/);
    assert.deepEqual(await names(`/v3/projects?parent_id=${second}`), ['level 3']);
    assert.deepEqual(await names(`/v3/projects?parent_id=${domain}`), ['level 1']);
    for (const id of line.toReversed()) assert.equal((await cloud.ask('DELETE', project(id))).status, 204);
  });

  it('a domain is among the projects when it is asked for, and can be made and changed there', async () => {
    const body = { project: { name: 'as project', is_domain: true, colour: 'red' } };
    const made = await cloud.expect(201, 'POST', '/v3/projects', { body });
    const { id } = made;
    assert.deepEqual([made['is_domain'], made['domain_id'], made['parent_id']], [true, null, null]);
    assert.equal((await cloud.expect(200, 'GET', `/v3/domains/${String(id)}`))['colour'], 'red');
    assert.ok((await names('/v3/projects?is_domain=true')).includes('as project'));
    assert.ok(!(await names('/v3/projects')).includes('as project'));
    const twice = { project: { name: 'AS PROJECT', is_domain: true } };
    assert.match(await refused(409, 'POST', '/v3/projects', twice), /acting as domains with the same name/);
    const child = { project: { name: 'x', is_domain: true, parent_id: id } };
    assert.match(await refused(400, 'POST', '/v3/projects', child), /only root projects/);
    const path = `/v3/projects/${String(id)}`;
    assert.equal((await cloud.ask('DELETE', path)).status, 403);
    await cloud.expect(200, 'PATCH', path, { body: { project: { enabled: false } } });
    assert.equal((await cloud.ask('DELETE', path)).status, 204);
    const explicit = 'c0ffee00c0ffee00c0ffee00c0ffee00';
    const own = { domain: { name: 'own id', explicit_domain_id: explicit } };
    assert.equal((await cloud.expect(201, 'POST', '/v3/domains', { body: own }))['id'], explicit);
  });

  it('domains are compared without case: in names that are taken, in filters and in log-ins', async () => {
    await cloud.make('domain', { name: 'Café' });
    assert.match(await refused(409, 'POST', '/v3/domains', { domain: { name: 'CAFÉ' } }), /same name/);
    assert.deepEqual(await names('/v3/domains?name=cAFÉ'), ['Café']);
    await cloud.logIn({ name: 'admin', domain: { name: 'DEFAULT' } }, 'unscoped');
    const scope = { project: { name: 'admin', domain: { name: 'default' } } };
    const credentials = IdentityCloud.credentials({ name: 'admin', domain: { id: 'default' } }, 'unscoped');
    const body = { auth: { ...(credentials as { auth: object }).auth, scope } };
    assert.equal((await cloud.ask('POST', '/v3/auth/tokens', { token: null, body })).status, 201);
  });

  it('lists are filtered by a part of a name, and others pass over what they do not know', async () => {
    const domain_id = await cloud.make('domain', { name: 'filters' });
    for (const name of ['web-1', 'Web-2', 'db_1', '100%']) await cloud.make('user', { name, domain_id });
    const base = `/v3/users?domain_id=${domain_id}&`;
    assert.deepEqual(await names(`${base}name__contains=eb`), ['Web-2', 'web-1']);
    assert.deepEqual(await names(`${base}name__contains=Web`), ['Web-2']);
    assert.deepEqual(await names(`${base}name__icontains=WEB`), ['Web-2', 'web-1']);
    assert.deepEqual(await names(`${base}name__startswith=web`), ['web-1']);
    assert.deepEqual(await names(`${base}name__istartswith=web`), ['Web-2', 'web-1']);
    assert.deepEqual(await names(`${base}name__endswith=_1`), ['db_1']);
    assert.deepEqual(await names(`${base}name__iendswith=%25`), ['100%']);
    assert.deepEqual(await names(`${base}name__equals=web-1`), ['web-1']);
    assert.deepEqual(await names(`${base}name__sounds_like=x&colour=red`), ['100%', 'Web-2', 'db_1', 'web-1']);
  });

  it('projects are filtered by their tags', async () => {
    const domain_id = await cloud.make('domain', { name: 'tags', tags: ['of a domain'] });
    const tagged = { ab: ['a', 'b'], bc: ['b', 'c'], c: ['c'], none: [] };
    for (const [name, tags] of Object.entries(tagged)) await cloud.make('project', { name, tags, domain_id });
    const base = `/v3/projects?domain_id=${domain_id}&`;
    assert.deepEqual(await names(`${base}tags=b`), ['ab', 'bc']);
    assert.deepEqual(await names(`${base}tags=a,b`), ['ab']);
    assert.deepEqual(await names(`${base}tags-any=a,c`), ['ab', 'bc', 'c']);
    assert.deepEqual(await names(`${base}not-tags=b,c`), ['ab', 'c', 'none']);
    assert.deepEqual(await names(`${base}not-tags-any=a,b`), ['c', 'none']);
    assert.deepEqual(await names(`${base}tags-any=a,c&not-tags=a`), ['bc', 'c']);
    assert.deepEqual((await cloud.expect(200, 'GET', `/v3/domains/${domain_id}`))['tags'], ['of a domain']);
  });

  it('assignments of a project and of those below it', async () => {
    const domain_id = await cloud.make('domain', { name: 'assigned' });
    const upper = await cloud.make('project', { name: 'upper', domain_id });
    const lower = await cloud.make('project', { name: 'lower', domain_id, parent_id: upper });
    const user = await cloud.make('user', { name: 'ann', domain_id });
    for (const project of [upper, lower]) await cloud.grant(user, 'member', { project });
    await cloud.grant(user, 'reader', 'system');
    const assignments = async (query: string): Promise<readonly Assignment[]> => {
      const answer = await cloud.ask('GET', `/v3/role_assignments?${query}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json['role_assignments'] as Assignment[];
    };
    const subtree = await assignments(`include_subtree&scope.project.id=${upper}&include_names`);
    const below = subtree.map(({ scope }) => String(scope.project?.name));
    assert.deepEqual(new Set(below), new Set(['lower', 'upper']));
    assert.equal(below.length, 2);
    assert.equal((await assignments(`include_subtree=0&scope.project.id=${upper}`)).length, 1);
    assert.equal((await assignments(`include_subtree&scope.project.id=${domain_id}`)).length, 2);
    const domain = { id: domain_id, name: 'assigned' };
    const [first] = subtree;
    assert.deepEqual(first?.user, { id: user, name: 'ann', domain });
    assert.equal((await assignments(`user.id=${user}`)).length, 3);
    assert.equal((await assignments(`user.id=${user}&scope.system=all`)).length, 1);
    // Each with the reader that a member is; what is held on the system is not among the effective ones.
    assert.equal((await assignments(`user.id=${user}&effective`)).length, 4);
    assert.equal((await assignments(`user.id=${user}&effective=0`)).length, 3);
    assert.equal((await assignments('group.id=nobody')).length, 0);
    assert.equal((await assignments('scope.OS-INHERIT:inherited_to=projects')).length, 0);
    for (const query of [
      'scope.domain.id=a&scope.project.id=b',
      'scope.domain.id=a&scope.system=all',
      'scope.project.id=a&scope.system=all',
      'user.id=a&group.id=b',
      'effective&group.id=b',
    ]) {
      assert.equal((await cloud.ask('GET', `/v3/role_assignments?${query}`)).status, 400, query);
    }
  });

  it('tell what is not here, or not any more, from what nobody knows', async () => {
    const status = async (method: string, path: string): Promise<number> => (await cloud.ask(method, path)).status;
    const provider = '/v3/OS-FEDERATION/identity_providers/idp/protocols/saml2';
    const logins = [`${provider}/auth`, '/v3/auth/OS-FEDERATION/websso/saml2', '/v3/auth/OS-FEDERATION/saml2'];
    for (const path of logins) assert.equal(await status('POST', path), 501, path);
    assert.equal(await status('GET', '/v3/OS-FEDERATION/saml2/metadata'), 501);
    assert.equal(await status('GET', '/v3/OS-SIMPLE-CERT/ca'), 410);
    assert.equal(await status('GET', '/v3/auth/tokens/OS-PKI/revoked'), 403);
    assert.equal(await status('GET', '/v3/users/someone/password'), 405);
    assert.equal(await status('GET', '/v3/OS-FEDERATION/nothing'), 404);
    const found = await cloud.expect(200, 'GET', '/v3/OS-FEDERATION/projects');
    assert.ok(Array.isArray(found) || Array.isArray(found['projects']), JSON.stringify(found));
  });

  it('projects tell what is above and below them, in lists what the caller has a role on', async () => {
    const make = async (name: string, parent?: string): Promise<string> => {
      const project = { name, ...(parent === undefined ? {} : { parent_id: parent }) };
      return String((await cloud.expect(201, 'POST', '/v3/projects', { body: { project } }))['id']);
    };
    const root = await make('tree');
    const [left, right] = [await make('tree left', root), await make('tree right', root)];
    const leaf = await make('tree leaf', left);
    const shown = (id: string, query: string): Promise<Record<string, unknown>> =>
      cloud.expect(200, 'GET', `/v3/projects/${id}?${query}`);
    const of = await shown(leaf, 'parents_as_ids&subtree_as_ids');
    assert.deepEqual(of['parents'], { [left]: { [root]: { default: null } } });
    assert.equal(of['subtree'], null);
    const top = await shown(root, 'subtree_as_ids&parents_as_list=0');
    assert.deepEqual(top['subtree'], { [left]: { [leaf]: null }, [right]: null });
    assert.ok(!('parents' in top));

    const list = async (): Promise<readonly string[]> => {
      const { parents } = await shown(leaf, 'parents_as_list');
      return (parents as { project: { id: string } }[]).map(({ project }) => project.id);
    };
    assert.deepEqual(await list(), []);
    const { users } = (await cloud.ask('GET', '/v3/users?name=admin')).json as { users: { id: string }[] };
    const { roles } = (await cloud.ask('GET', '/v3/roles?name=member')).json as { roles: { id: string }[] };
    await cloud.ask('PUT', `/v3/projects/${root}/users/${users[0]?.id}/roles/${roles[0]?.id}`);
    assert.deepEqual(await list(), [root]);
    await refused(400, 'GET', `/v3/projects/${leaf}?parents_as_list&parents_as_ids`, {});
    for (const id of [leaf, left, right, root]) await cloud.ask('DELETE', `/v3/projects/${id}`);
  });
});
