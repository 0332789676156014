import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startIdentityCloud } from '../support/identity-cloud.js';
import type { IdentityCloud } from '../support/identity-cloud.js';

type Row = Record<string, unknown>;

describe('declared resources of the Identity API', () => {
  let cloud: IdentityCloud;
  before(async () => {
    cloud = await startIdentityCloud();
  });
  after(() => cloud?.stop());

  const post = (path: string, key: string, fields: unknown): Promise<Row> =>
    cloud.expect(201, 'POST', `/v3/${path}`, { body: { [key]: fields } });
  const list = async (path: string): Promise<Row[]> => {
    const { json } = await cloud.ask('GET', `/v3/${path}`);
    return Object.values(json).find((value) => Array.isArray(value)) as Row[];
  };
  const catalog = async (): Promise<Row[]> => (await cloud.ask('GET', '/v3/auth/catalog')).json['catalog'] as Row[];

  it('changes the catalog that tokens tell: services, endpoints and regions', async () => {
    assert.deepEqual(
      (await catalog()).map(({ name }) => name),
      ['keystone', 'nova', 'glance', 'neutron'],
    );
    const region = await post('regions', 'region', { id: 'North', description: 'up there', shade: 'blue' });
    assert.deepEqual([region['id'], region['parent_region_id'], region['shade']], ['North', null, 'blue']);
    assert.deepEqual(region['links'], { self: 'http://cloud.example:5000/v3/regions/North' });
    await post('regions', 'region', { id: 'Pole', parent_region_id: 'North' });
    const service = await post('services', 'service', { type: 'object-store', name: 'swift', description: 'objects' });
    assert.deepEqual([service['enabled'], service['description']], [true, 'objects']);
    const url = 'http://swift:8080/v1/AUTH_$(project_id)s';
    const fields = { interface: 'public', service_id: service['id'], url, region: 'South' };
    const endpoint = await post('endpoints', 'endpoint', fields);
    assert.deepEqual([endpoint['region'], endpoint['region_id'], endpoint['url']], ['South', 'South', url]);
    const told = (await catalog()).filter(({ type }) => type === 'object-store');
    const [shown] = told.flatMap(({ endpoints }) => endpoints as Row[]);
    assert.match(String(shown?.['url']), /AUTH_[0-9a-f]{32}$/);
    const own = (await list('endpoints')).find((one) => one['service_id'] !== service['id']);
    assert.match(String(own?.['url']), /^http:\/\/cloud\.example:/);
    await cloud.expect(200, 'PATCH', `/v3/services/${String(service['id'])}`, {
      body: { service: { enabled: false } },
    });
    assert.equal((await catalog()).length, 4);
    assert.equal((await cloud.ask('DELETE', '/v3/regions/South')).status, 403);
    await cloud.expect(204, 'DELETE', `/v3/services/${String(service['id'])}`);
    assert.equal((await cloud.ask('GET', `/v3/endpoints/${String(endpoint['id'])}`)).status, 404);
    await cloud.expect(204, 'DELETE', '/v3/regions/South');
    await cloud.expect(204, 'DELETE', '/v3/regions/North');
    assert.equal((await cloud.ask('GET', '/v3/regions/Pole')).status, 404);
  });

  it('refuses what keystone refuses, in its words', async () => {
    const cases: [string, object, number, RegExp][] = [
      ['regions', { region: { id: 'RegionOne' } }, 409, /Duplicate ID, RegionOne/],
      ['regions', { region: { parent_region_id: 'none' } }, 404, /Could not find region: none/],
      ['services', { service: { name: 'x' } }, 400, /'type' is a required property/],
      ['services', { service: { type: '' } }, 400, /too short/],
      ['endpoints', { endpoint: { interface: 'x', service_id: 's', url: 'http://x' } }, 400, /is not one of/],
      ['endpoints', { endpoint: { interface: 'admin', service_id: 's', url: 'http://x' } }, 400, /service_id/],
      ['endpoints', { endpoint: { interface: 'admin', service_id: 's', url: 'x' } }, 400, /does not match/],
      ['policies', { policy: { blob: 1, type: 't' } }, 400, /is not of type 'string'/],
      ['limits', { limits: [] }, 400, /non-empty/],
      ['groups', { group: { name: ' ' } }, 400, /does not match/],
      ['groups', { group: { name: 'g' }, other: 1 }, 400, /Additional properties/],
    ];
    for (const [path, body, status, message] of cases) {
      const answer = await cloud.ask('POST', `/v3/${path}`, { body });
      assert.equal(answer.status, status, `${path} ${answer.text}`);
      assert.match(answer.text, message);
    }
  });

  it('keeps policies, credentials (encrypted) and groups', async () => {
    const policy = await post('policies', 'policy', { blob: '{}', type: 'application/json' });
    const path = `/v3/policies/${String(policy['id'])}`;
    assert.equal((await cloud.expect(200, 'PATCH', path, { body: { policy: { type: 'x' } } }))['type'], 'x');
    await cloud.expect(204, 'DELETE', path);
    const user = await cloud.make('user', { name: 'holder' });
    const blob = JSON.stringify({ access: 'a-key', secret: 'not to be read' });
    const keys = await post('credentials', 'credential', { user_id: user, type: 'ec2', blob, project_id: 'p' });
    assert.equal(String(keys['id']).length, 64);
    const stored = await cloud.store.db
      .selectFrom('credentials' as never)
      .select('blob' as never)
      .execute();
    assert.ok(!JSON.stringify(stored).includes('not to be read'));
    assert.equal((await list(`credentials?user_id=${user}`))[0]?.['blob'], blob);
    const group = await post('groups', 'group', { name: 'crew' });
    assert.deepEqual([group['domain_id'], group['description']], ['default', '']);
    assert.equal((await cloud.ask('POST', '/v3/groups', { body: { group: { name: 'crew' } } })).status, 409);
    assert.deepEqual((await list('groups?name__icontains=CRE')).length, 1);
    await cloud.expect(204, 'DELETE', `/v3/groups/${String(group['id'])}`);
  });

  it('keeps registered limits and limits, several at once', async () => {
    const service = (await list('services?type=compute'))[0]?.['id'];
    const registered = { service_id: service, resource_name: 'servers', default_limit: 5 };
    const made = await cloud.ask('POST', '/v3/registered_limits', { body: { registered_limits: [registered] } });
    assert.equal(made.status, 201, made.text);
    const id = String((made.json['registered_limits'] as Row[])[0]?.['id']);
    const project = await cloud.make('project', { name: 'limited' });
    const limit = { service_id: service, resource_name: 'servers', resource_limit: 7, project_id: project };
    const limits = await cloud.ask('POST', '/v3/limits', { body: { limits: [limit] } });
    assert.equal(limits.status, 201, limits.text);
    const other = { ...limit, resource_name: 'none' };
    assert.equal((await cloud.ask('POST', '/v3/limits', { body: { limits: [other] } })).status, 403);
    assert.equal((await list('limits?resource_name=servers')).length, 1);
    assert.equal((await cloud.ask('DELETE', `/v3/registered_limits/${id}`)).status, 403);
    const shown = (await list('limits'))[0];
    assert.deepEqual([shown?.['resource_limit'], shown?.['domain_id'], shown?.['project_id']], [7, null, project]);
    await cloud.expect(204, 'DELETE', `/v3/limits/${String(shown?.['id'])}`);
    await cloud.expect(204, 'DELETE', `/v3/registered_limits/${id}`);
  });

  it('keeps what is told of other identity providers', async () => {
    const path = '/v3/OS-FEDERATION/identity_providers/idp';
    const provider = await cloud.expect(201, 'PUT', path, { body: { identity_provider: { remote_ids: ['r'] } } });
    assert.deepEqual([provider['id'], provider['enabled'], provider['remote_ids']], ['idp', false, ['r']]);
    const mapping = { rules: [{ local: [], remote: [] }] };
    await cloud.expect(201, 'PUT', '/v3/OS-FEDERATION/mappings/m', { body: { mapping } });
    const protocol = await cloud.expect(201, 'PUT', `${path}/protocols/saml2`, {
      body: { protocol: { mapping_id: 'm' } },
    });
    assert.match(JSON.stringify(protocol['links']), /identity_providers\/idp\/protocols\/saml2/);
    assert.equal((await list('OS-FEDERATION/identity_providers/idp/protocols')).length, 1);
    assert.equal((await cloud.ask('GET', '/v3/OS-FEDERATION/identity_providers/no/protocols/saml2')).status, 404);
    await cloud.expect(204, 'DELETE', `${path}/protocols/saml2`);
    const consumer = await post('OS-OAUTH1/consumers', 'consumer', { description: 'd' });
    assert.equal(String(consumer['secret']).length, 64);
    assert.ok(!('secret' in (await cloud.expect(200, 'GET', `/v3/OS-OAUTH1/consumers/${String(consumer['id'])}`))));
  });

  it("gives a mapping keystone's version of the schema where a client names none, as Ansible's does with null", async () => {
    const rules = [{ local: [], remote: [] }];
    const path = '/v3/OS-FEDERATION/mappings/versioned';
    const made = await cloud.expect(201, 'PUT', path, { body: { mapping: { rules, schema_version: null } } });
    assert.equal(made['schema_version'], '1.0');
    const change = async (mapping: Row): Promise<Row> => cloud.expect(200, 'PATCH', path, { body: { mapping } });
    assert.equal((await change({ rules, schema_version: '2.0' }))['schema_version'], '2.0');
    assert.equal((await change({ rules }))['schema_version'], '1.0');
    // A change is checked as a whole mapping.
    await cloud.expect(400, 'PATCH', path, { body: { mapping: { schema_version: '2.0' } } });
  });

  it('bounds the catalog of a project to the endpoints that it was given, by themselves or by a group', async () => {
    const project = await cloud.make('project', { name: 'bounded' });
    const user = await cloud.userWith('bounded', 'default', 'member', { project });
    const token = await cloud.logIn(user, { project });
    const seen = async (): Promise<string[]> => {
      const { json } = await cloud.ask('GET', '/v3/auth/catalog', { token });
      const endpoints = (json['catalog'] as Row[]).flatMap((entry) => entry['endpoints'] as Row[]);
      return endpoints.map(({ id }) => String(id));
    };
    const all = await seen();
    const [one = '', another = ''] = all;
    const link = `OS-EP-FILTER/projects/${project}/endpoints`;
    await cloud.expect(404, 'GET', `/v3/${link}/${one}`);
    await cloud.expect(204, 'PUT', `/v3/${link}/${one}`);
    await cloud.expect(409, 'PUT', `/v3/${link}/${one}`);
    await cloud.expect(204, 'HEAD', `/v3/${link}/${one}`);
    await cloud.expect(404, 'PUT', `/v3/${link}/nowhere`);
    assert.deepEqual(await seen(), [one]);
    assert.deepEqual(
      (await list(`OS-EP-FILTER/endpoints/${one}/projects`)).map(({ id }) => id),
      [project],
    );
    const { interface: face } = await cloud.expect(200, 'GET', `/v3/endpoints/${another}`);
    const group = await post('OS-EP-FILTER/endpoint_groups', 'endpoint_group', {
      name: 'of one kind',
      filters: { interface: face },
    });
    const groups = `OS-EP-FILTER/endpoint_groups/${String(group['id'])}`;
    for (const filters of [{}, { enabled: true }]) {
      const endpoint_group = { name: 'bad', filters };
      await cloud.expect(400, 'POST', '/v3/OS-EP-FILTER/endpoint_groups', { body: { endpoint_group } });
    }
    for (const filters of [{}, { interface: face }]) {
      const changed = await cloud.expect(200, 'PATCH', `/v3/${groups}`, { body: { endpoint_group: { filters } } });
      assert.deepEqual(changed['filters'], filters);
    }
    await cloud.expect(204, 'PUT', `/v3/${groups}/projects/${project}`);
    const shown = await cloud.expect(200, 'GET', `/v3/${groups}/projects/${project}`);
    assert.equal(shown['endpoint_group_id'], group['id']);
    assert.deepEqual((await list(`OS-EP-FILTER/projects/${project}/endpoint_groups`)).length, 1);
    const ofGroup = (await list(`${groups}/endpoints`)).map(({ id }) => String(id));
    assert.deepEqual(new Set(await seen()), new Set([one, ...ofGroup]));
    assert.deepEqual(new Set((await list(link)).map(({ id }) => id)), new Set([one, ...ofGroup]));
    assert.equal((await list(`${groups}/projects`))[0]?.['id'], project);
    await cloud.expect(204, 'DELETE', `/v3/${groups}/projects/${project}`);
    await cloud.expect(204, 'DELETE', `/v3/${link}/${one}`);
    await cloud.expect(404, 'DELETE', `/v3/${link}/${one}`);
    assert.deepEqual(await seen(), all);
    assert.equal((await cloud.ask('GET', `/v3/${link}`, { token })).status, 403);
  });

  it('says which policy an endpoint has: its own, that of its service in a region above it, that of its service', async () => {
    await post('regions', 'region', { id: 'Upper' });
    await post('regions', 'region', { id: 'Lower', parent_region_id: 'Upper' });
    const service = String((await post('services', 'service', { type: 'policed', name: 'policed' }))['id']);
    const endpoint = await post('endpoints', 'endpoint', {
      interface: 'public',
      service_id: service,
      url: 'http://policed.example',
      region_id: 'Lower',
    });
    const id = String(endpoint['id']);
    const policies: string[] = [];
    for (const blob of ['of a service', 'of a region', 'of an endpoint']) {
      policies.push(String((await post('policies', 'policy', { blob, type: 'text/plain' }))['id']));
    }
    const places = [`services/${service}`, `services/${service}/regions/Upper`, `endpoints/${id}`];
    const found = `/v3/endpoints/${id}/OS-ENDPOINT-POLICY/policy`;
    await cloud.expect(404, 'GET', found);
    for (const [at, place] of places.entries()) {
      const path = `/v3/policies/${policies[at]}/OS-ENDPOINT-POLICY/${place}`;
      await cloud.expect(404, 'GET', path);
      await cloud.expect(204, 'PUT', path);
      await cloud.expect(204, 'GET', path);
      assert.equal((await cloud.expect(200, 'GET', found))['id'], policies[at]);
      const endpoints = await list(`policies/${policies[at]}/OS-ENDPOINT-POLICY/endpoints`);
      assert.deepEqual(
        endpoints.map((one) => one['id']),
        [id],
      );
    }
    const own = `/v3/policies/${policies[2]}/OS-ENDPOINT-POLICY/endpoints/${id}`;
    await cloud.expect(204, 'PUT', `/v3/policies/${policies[0]}/OS-ENDPOINT-POLICY/endpoints/${id}`);
    await cloud.expect(404, 'GET', own);
    await cloud.expect(204, 'DELETE', `/v3/policies/${policies[0]}/OS-ENDPOINT-POLICY/endpoints/${id}`);
    assert.equal((await cloud.expect(200, 'GET', found))['id'], policies[1]);
    await cloud.expect(404, 'PUT', `/v3/policies/${policies[0]}/OS-ENDPOINT-POLICY/services/nothing`);
  });

  it('tells which tokens were revoked', async () => {
    const user = await cloud.userWith('revoked', 'default', 'reader', 'system');
    const token = await cloud.logIn(user, 'system');
    await cloud.expect(204, 'DELETE', '/v3/auth/tokens', { headers: { 'x-subject-token': token } });
    await cloud.expect(200, 'PATCH', `/v3/users/${user}`, { body: { user: { enabled: false } } });
    const events = await list('OS-REVOKE/events');
    assert.ok(
      events.some((event) => typeof event['audit_id'] === 'string' && typeof event['issued_before'] === 'string'),
    );
    assert.ok(events.some((event) => event['user_id'] === user));
    assert.deepEqual(await list('OS-REVOKE/events?since=2999-01-01T00:00:00Z'), []);
    await cloud.expect(400, 'GET', '/v3/OS-REVOKE/events?since=yesterday');
  });
});

describe('the configuration of a domain', () => {
  let cloud: IdentityCloud;
  before(async () => {
    cloud = await startIdentityCloud();
  });
  after(() => cloud?.stop());

  it('is made, told and changed as a whole, by group and by option; secrets are not told', async () => {
    const domain = await cloud.make('domain', { name: 'configured' });
    const path = `/v3/domains/${domain}/config`;
    const given = { identity: { driver: 'ldap' }, ldap: { url: 'ldap://x' } };
    const secret = { ...given, ldap: { ...given.ldap, password: 'hidden' } };
    assert.equal((await cloud.ask('GET', path)).status, 404);
    assert.deepEqual(await cloud.expect(201, 'PUT', path, { body: { config: secret } }), given);
    assert.deepEqual(await cloud.expect(200, 'PUT', path, { body: { config: given } }), given);
    assert.deepEqual(await cloud.expect(200, 'GET', `${path}/ldap`), { ldap: given.ldap });
    assert.deepEqual(await cloud.expect(200, 'GET', `${path}/ldap/url`), given.ldap);
    const limited = { identity: { driver: 'sql', list_limit: 5 } };
    const changed = await cloud.expect(200, 'PATCH', `${path}/identity`, { body: { config: limited } });
    assert.deepEqual(changed, { ...given, ...limited });
    assert.equal((await cloud.ask('PATCH', `${path}/ldap`, { body: { config: limited } })).status, 403);
    assert.equal((await cloud.ask('PUT', path, { body: { config: { other: { a: 1 } } } })).status, 403);
    await cloud.expect(204, 'DELETE', `${path}/identity/driver`);
    assert.equal((await cloud.ask('GET', `${path}/identity/driver`)).status, 404);
    await cloud.expect(204, 'DELETE', path);
    assert.equal((await cloud.ask('GET', path)).status, 404);
    assert.equal((await cloud.expect(200, 'GET', '/v3/domains/config/identity/driver/default'))['driver'], 'sql');
    const rules = await cloud.expect(200, 'GET', '/v3/domains/default/config/security_compliance');
    assert.deepEqual(rules['security_compliance'], { password_regex: null, password_regex_description: null });
  });
});
