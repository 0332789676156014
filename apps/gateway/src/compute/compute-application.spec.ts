import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { computeSite, server } from './testing/compute-site.js';

const PROJECT = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const IMAGE = '11111111-2222-4333-8444-555555555555';

describe('the Compute API', () => {
  const site = computeSite();

  it('tells its versions without a token', async () => {
    const root = await site.fastify().inject({ url: '/', headers: { host: 'cloud:8774' } });
    assert.equal(root.statusCode, 200);
    const [legacy, version] = root.json().versions;
    assert.deepEqual([legacy.id, legacy.version, legacy.status], ['v2.0', '', 'DEPRECATED']);
    assert.equal(version.min_version, '2.1');
    assert.equal(version.links[0].href, 'http://cloud:8774/v2.1/');
    for (const url of ['/v2.1', '/v2.1/']) {
      const one = await site.fastify().inject({ url, headers: { host: 'cloud:8774' } });
      assert.equal(one.json().version.version, version.version, url);
    }
    const other = await site.fastify().inject({ url: '/nonsense' });
    assert.equal(other.statusCode, 300);
    assert.match(other.json().choices[1].links[0].href, /\/v2\.1\/nonsense$/);
  });

  it('answers /v2 as 2.1 without microversions, and passes over keys that it does not know', async () => {
    const about = (await site.fastify().inject({ url: '/v2/', headers: { host: 'cloud:8774' } })).json().version;
    assert.deepEqual([about.id, about.links[0].href], ['v2.0', 'http://cloud:8774/v2/']);
    const list = await site.ask('GET', '/v2/flavors', { version: '2.95' });
    assert.equal(list.headers['openstack-api-version'], undefined);
    assert.equal(list.headers['vary'], undefined);
    assert.equal('description' in list.json().flavors[0], false);
    assert.equal(list.json().flavors[0].links[0].href, 'http://cloud:8774/v2/flavors/1');
    const server = { name: 'vm', imageRef: IMAGE, flavorRef: '1', unheard: 1, description: 'of 2.19' };
    assert.equal((await site.ask('POST', '/v2/servers', { body: { server } })).statusCode, 202);
    assert.equal(site.created()?.description, undefined);
    assert.equal((await site.ask('POST', '/v2.1/servers', { body: { server } })).statusCode, 400);
  });

  it('tells one version by its id, with a token', async () => {
    const one = await site.ask('GET', '/v2.1/versions/v2.1');
    assert.equal(one.json().version.id, 'v2.1');
    assert.equal((await site.ask('GET', '/v2.1/versions/v2.0')).json().version.id, 'v2.0');
    assert.equal((await site.ask('GET', '/v2/versions/v2.1')).json().version.id, 'v2.0');
    assert.equal((await site.ask('GET', '/v2.1/versions/v9')).statusCode, 404);
    assert.equal((await site.fastify().inject({ url: '/v2.1/versions/v2.1' })).statusCode, 401);
  });

  it('has servers as os-volumes_boot until 2.102, with the actions of their own controller', async () => {
    const list = await site.ask('GET', '/v2.1/os-volumes_boot', { version: '2.102' });
    assert.equal(list.json().servers[0].id, server.id);
    assert.equal(list.json().servers[0].links[0].href, `http://cloud:8774/v2.1/servers/${server.id}`);
    assert.equal((await site.ask('GET', '/v2.1/os-volumes_boot', { version: '2.103' })).statusCode, 404);
    assert.equal((await site.ask('GET', '/v2.1/os-volumes_boot?nonsense=1', { version: '2.75' })).statusCode, 400);
    assert.equal((await site.ask('GET', `/v2.1/os-volumes_boot/${server.id}`)).json().server.id, server.id);
    const made = await site.ask('POST', '/v2.1/os-volumes_boot', {
      body: { server: { name: 'vm', imageRef: IMAGE, flavorRef: '1' } },
    });
    assert.equal(made.statusCode, 202);
    const action = `/v2.1/os-volumes_boot/${server.id}/action`;
    assert.equal((await site.ask('POST', action, { body: { 'os-stop': null } })).statusCode, 202);
    const other = await site.ask('POST', action, { body: { pause: null } });
    assert.equal(other.statusCode, 400);
    assert.match(other.body, /There is no such action: pause/);
    assert.equal((await site.ask('DELETE', `/v2.1/os-volumes_boot/${server.id}`)).statusCode, 204);
  });

  it('repeats the microversion and varies by both headers', async () => {
    const answer = await site.ask('GET', '/v2.1/flavors', { version: 'latest' });
    assert.equal(answer.headers['openstack-api-version'], 'compute 2.104');
    assert.equal(answer.headers['x-openstack-nova-api-version'], '2.104');
    assert.match(String(answer.headers['vary']), /X-OpenStack-Nova-API-Version/);
    assert.equal((await site.ask('GET', '/v2.1/flavors', { version: '2.x' })).statusCode, 400);
    const beyond = await site.ask('GET', '/v2.1/flavors', { version: '2.999' });
    assert.equal(beyond.statusCode, 406);
    assert.match(beyond.body, /Minimum is 2\.1 and maximum is 2\.104/);
  });

  it('takes the project in the path, and puts it into links; refuses another one', async () => {
    const answer = await site.ask('GET', `/v2.1/${PROJECT}/servers`);
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.json().servers[0].links[0].href, `http://cloud:8774/v2.1/${PROJECT}/servers/${server.id}`);
    const other = await site.ask('GET', '/v2.1/deadbeefdeadbeefdeadbeefdeadbeef/servers');
    assert.equal(other.statusCode, 400);
    assert.match(other.body, /doesn't match Context's project_id/);
  });

  it('lists with limit and marker, filters and links to the next page', async () => {
    const answer = await site.ask(
      'GET',
      '/v2.1/servers/detail?limit=1&name=v&status=active&changes-since=2026-01-01T00:00:00Z',
    );
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(site.listed()?.filters, {
      name: ['v'],
      vm_state: ['active'],
      changes_since: ['2026-01-01T00:00:00.000Z'],
    });
    assert.match(answer.json().servers_links[0].href, new RegExp(`/servers/detail\\?limit=1&.*marker=${server.id}$`));
    assert.deepEqual((await site.ask('GET', '/v2.1/servers?status=nonsense')).json(), { servers: [] });
    assert.equal((await site.ask('GET', '/v2.1/servers?limit=x')).statusCode, 400);
    assert.equal((await site.ask('GET', '/v2.1/servers?sort_key=bogus')).statusCode, 400);
    assert.equal((await site.ask('GET', '/v2.1/servers?changes-since=yesterday')).statusCode, 400);
  });

  it('answers 400 for a marker that is longer than any id', async () => {
    const marker = 'm'.repeat(256);
    for (const path of ['servers', 'servers/detail', 'flavors', 'flavors/detail', 'os-keypairs', 'os-hypervisors']) {
      const answer = await site.ask('GET', `/v2.1/${path}?marker=${marker}`, { as: 'admin', version: '2.60' });
      assert.equal(answer.statusCode, 400, path);
      assert.match(answer.json().badRequest.message, /^marker \[m{64}…\] not found$/);
    }
  });

  it('answers 400 for other ids in a query that are too long, and for times that are none', async () => {
    const long = 'u'.repeat(256);
    for (const path of [
      `os-keypairs?user_id=${long}`,
      `os-keypairs/k?user_id=${long}`,
      `limits?tenant_id=${long}`,
      `os-quota-sets/p?user_id=${long}`,
      'os-migrations?changes-since=-1',
      'os-migrations?changes-before=soon',
      'os-migrations?changes-since=2026-01-02T00:00:00Z&changes-before=2026-01-01T00:00:00Z',
    ]) {
      const answer = await site.ask('GET', `/v2.1/${path}`, { as: 'admin', version: '2.66' });
      assert.equal(answer.statusCode, 400, path);
    }
  });

  it('answers 400 for a list where an object is expected', async () => {
    const events = await site.ask('POST', '/v2.1/os-server-external-events', { as: 'admin', body: { events: [[]] } });
    assert.equal(events.statusCode, 400);
  });

  it('answers 400 for an extra spec that would not stay exact', async () => {
    const ask = (value: number) =>
      site.ask('POST', '/v2.1/flavors/1/os-extra_specs', { as: 'admin', body: { extra_specs: { rank: value } } });
    for (const value of [2 ** 63, -(2 ** 53)]) {
      const answer = await ask(value);
      assert.equal(answer.statusCode, 400);
      assert.match(answer.json().badRequest.message, /exact numbers/);
    }
  });

  it('answers 400 for a scheduler hint that would not stay exact', async () => {
    const body = { server: { name: 'vm', imageRef: IMAGE, flavorRef: '1' }, 'os:scheduler_hints': { rank: 2 ** 63 } };
    assert.equal((await site.ask('POST', '/v2.1/servers', { body })).statusCode, 400);
  });

  it('lets only administrators sort by where servers run', async () => {
    for (const key of ['host', 'node']) {
      const refused = await site.ask('GET', `/v2.1/servers?sort_key=display_name&sort_key=${key}`);
      assert.equal(refused.statusCode, 403);
      assert.equal(refused.json().forbidden.message, `Only administrators can sort servers by ${key}`);
      const answer = await site.ask('GET', `/v2.1/servers?sort_key=${key}`, { as: 'admin' });
      assert.equal(answer.statusCode, 200);
    }
  });

  it('lets only administrators list all projects', async () => {
    const refused = await site.ask('GET', '/v2.1/servers?all_tenants=1');
    assert.equal(refused.statusCode, 403);
    assert.match(refused.body, /Policy doesn't allow os_compute_api:servers:index:get_all_tenants/);
    assert.equal((await site.ask('GET', '/v2.1/servers?all_tenants=True', { as: 'admin' })).statusCode, 200);
    assert.equal(site.listed()?.all_projects, true);
  });

  it('shows administrators the state of the host', async () => {
    const answer = await site.ask('GET', `/v2.1/servers/${server.id}`, { version: '2.16', as: 'admin' });
    assert.equal(answer.json().server.host_status, 'UP');
  });

  it('names the field of a bad body', async () => {
    const good = { name: 'vm', flavorRef: '1', imageRef: IMAGE };
    const cases: [unknown, RegExp, string?][] = [
      [{ server: { ...good, bogus: 1 } }, /Additional properties are not allowed \('bogus' was unexpected\)/],
      [{ server: { flavorRef: '1' } }, /'name' is a required property/],
      [{ server: { ...good, name: 'x'.repeat(10_000) } }, /field\/attribute name\..*is too long/],
      [{ server: { ...good, name: '' } }, /field\/attribute name/],
      [
        { server: { ...good, name: ' ' } },
        /^An invalid 'name' value was provided\. The name must be: printable characters\./,
      ],
      [{ server: { ...good, name: '\u0000' } }, /^An invalid 'name' value was provided\./],
      [{ server: { ...good, name: 5 } }, /field\/attribute name/],
      [{ server: { ...good, name: null } }, /field\/attribute name/],
      [{ server: { ...good, name: {} } }, /field\/attribute name/],
      [{ server: [] }, /server/],
      [{}, /'server' is a required property/],
      [{ server: { ...good, networks: [{ bogus: 1 }] } }, /bogus/],
      [{ server: { ...good, networks: 'auto' } }, /not of type 'array'/],
      [{ server: { ...good, description: 'd' } }, /'description' was unexpected/],
      [{ server: good }, /'networks' is a required property/, '2.37'],
      [{ server: { ...good, min_count: 3, max_count: 2 } }, /min_count must be <= max_count/],
      [{ server: { ...good, metadata: { a: 1 } } }, /metadata/],
      [{ server: { ...good, flavorRef: 'nosuch' } }, /Flavor nosuch could not be found/],
      [[], /Malformed request body/],
    ];
    for (const [body, message, version] of cases) {
      const answer = await site.ask('POST', '/v2.1/servers', { body, ...(version === undefined ? {} : { version }) });
      assert.equal(answer.statusCode, 400, JSON.stringify(body).slice(0, 80) + answer.body);
      assert.match(answer.json().badRequest.message, message);
    }
  });

  it('refuses text that is not JSON, other content types, prototype keys and absurd nesting', async () => {
    const post = (payload: string, type = 'application/json') =>
      site.fastify().inject({
        method: 'POST',
        url: '/v2.1/servers',
        headers: { 'x-auth-token': site.tokens.member, 'content-type': type },
        payload,
      });
    for (const text of ['{"server":', '"text"', 'null', '', '{"__proto__": {}}', '['.repeat(5000) + ']'.repeat(5000)]) {
      const answer = await post(text);
      assert.equal(answer.statusCode, 400, text.slice(0, 20));
      assert.equal(answer.json().badRequest.message, 'Malformed request body');
    }
    assert.equal((await post('a=1', 'application/x-www-form-urlencoded')).statusCode, 415);
    const large = await post(JSON.stringify({ server: { name: 'x', padding: 'a'.repeat(114_688) } }));
    assert.equal(large.statusCode, 413);
    assert.equal(large.json().overLimit.code, 413);
  });

  it('runs actions, and tells an unknown one and a wrong state', async () => {
    const act = (body: unknown) => site.ask('POST', `/v2.1/servers/${server.id}/action`, { body });
    assert.equal((await act({ reboot: { type: 'hard' } })).statusCode, 202);
    assert.equal((await act({ 'os-stop': null })).statusCode, 202);
    const state = await act({ 'os-start': null });
    assert.equal(state.statusCode, 409);
    assert.match(state.json().conflictingRequest.message, /Cannot 'start'/);
    assert.match((await act({ dance: null })).json().badRequest.message, /There is no such action: dance/);
    assert.equal((await act({ reboot: { type: 'x' } })).statusCode, 400);
    assert.equal((await act({})).statusCode, 400);
  });

  it('updates with the short view before 2.75 and the whole one after', async () => {
    const body = { server: { name: 'renamed' } };
    const short = (await site.ask('PUT', `/v2.1/servers/${server.id}`, { body })).json().server;
    assert.equal(short.name, 'renamed');
    assert.equal('OS-EXT-STS:vm_state' in short, false);
    const whole = (await site.ask('PUT', `/v2.1/servers/${server.id}`, { body, version: '2.75' })).json().server;
    assert.equal(whole['OS-EXT-STS:vm_state'], 'active');
    assert.equal((await site.ask('DELETE', `/v2.1/servers/${server.id}`)).statusCode, 204);
  });

  it('changes the codes of keypairs in 2.2 and their making in 2.92', async () => {
    const body = { keypair: { name: 'k1' } };
    const first = await site.ask('POST', '/v2.1/os-keypairs', { body });
    assert.equal(first.statusCode, 200);
    assert.equal('type' in first.json().keypair, false);
    const second = await site.ask('POST', '/v2.1/os-keypairs', { body, version: '2.2' });
    assert.equal(second.statusCode, 201);
    assert.equal(second.json().keypair.private_key, 'PRIVATE');
    assert.equal((await site.ask('POST', '/v2.1/os-keypairs', { body, version: '2.92' })).statusCode, 400);
    assert.equal((await site.ask('DELETE', '/v2.1/os-keypairs/k1')).statusCode, 202);
    assert.equal((await site.ask('DELETE', '/v2.1/os-keypairs/k1', { version: '2.2' })).statusCode, 204);
  });

  it('says not found in its own form, also of a method that a path does not have, as nova’s router', async () => {
    const missing = await site.ask('GET', '/v2.1/servers/nosuch');
    assert.equal(missing.statusCode, 404);
    assert.equal(missing.json().itemNotFound.message, 'Instance nosuch could not be found.');
    const method = await site.ask('PUT', '/v2.1/flavors');
    assert.equal(method.statusCode, 404);
    assert.equal(method.json().itemNotFound.code, 404);
    for (const collection of ['servers', 'flavors', 'os-keypairs', 'os-security-groups', 'os-floating-ips']) {
      assert.equal((await site.ask('DELETE', `/v2.1/${collection}`)).statusCode, 404, collection);
      assert.equal((await site.ask('DELETE', `/v2.1/${collection}/`)).statusCode, 404, `${collection}/`);
    }
    assert.equal((await site.ask('GET', `/v2.1/servers/${'x'.repeat(9000)}`)).statusCode, 404);
  });

  it('passes unknown query parameters over, and refuses them from 2.75 on', async () => {
    for (const path of ['servers', 'servers/detail', 'os-keypairs', 'flavors', 'limits', 'os-services']) {
      const url = `/v2.1/${path}?nonsense=1`;
      const answer = await site.ask('GET', url, { version: '2.75' });
      assert.equal(answer.statusCode, 400, path);
      assert.match(answer.json().badRequest.message, /\('nonsense' was unexpected\)/);
      assert.notEqual((await site.ask('GET', url, { version: '2.74' })).statusCode, 400, path);
    }
    for (const path of ['os-aggregates', 'flavors/1', 'extensions', `servers/${IMAGE}/ips`]) {
      const url = `/v2.1/${path}?nonsense=1`;
      assert.match((await site.ask('GET', url, { version: '2.102' })).body, /\('nonsense' was unexpected\)/);
      assert.doesNotMatch((await site.ask('GET', url, { version: '2.101' })).body, /unexpected/);
    }
    const slash = await site.ask('GET', '/v2.1/servers/');
    assert.equal(slash.statusCode, 404, 'nova’s router knows no path with a slash at its end');
    const known = '/v2.1/servers?limit=1&sort_key=uuid&sort_dir=asc&status=ACTIVE';
    assert.equal((await site.ask('GET', known, { version: '2.95' })).statusCode, 200);
  });

  it('names every extension of nova, as a client looks for one before it uses it', async () => {
    const { extensions } = (await site.ask('GET', '/v2.1/extensions')).json<{ extensions: { name: string }[] }>();
    for (const name of ['Hosts', 'Consoles', 'Shelve', 'Volumes', 'SchedulerHints']) {
      assert.ok(
        extensions.some((extension) => extension.name === name),
        name,
      );
    }
    assert.equal((await site.ask('GET', '/v2.1/extensions/os-consoles')).json().extension.alias, 'os-consoles');
    assert.equal((await site.ask('GET', '/v2.1/extensions/constructor')).statusCode, 404);
  });

  it('a marker of a NUL is invalid and no 500', async () => {
    for (const query of ['marker=%00', 'name=a&name=%00b']) {
      const answer = await site.ask('GET', `/v2.1/servers/detail?${query}`);
      assert.equal(answer.statusCode, 400, answer.body);
      assert.match(answer.json().badRequest.message, /query parameters (marker|name)\. Its value contains a NUL/);
    }
  });

  it('tells zones from the services, and addresses of a server', async () => {
    const zones = await site.ask('GET', '/v2.1/os-availability-zone');
    assert.deepEqual(zones.json().availabilityZoneInfo, [
      { zoneName: 'nova', zoneState: { available: true }, hosts: null },
    ]);
    const ips = await site.ask('GET', `/v2.1/servers/${server.id}/ips/n1`);
    assert.deepEqual(ips.json(), { n1: [{ version: 4, addr: '10.0.0.5' }] });
    assert.equal((await site.ask('GET', `/v2.1/servers/${server.id}/ips/other`)).statusCode, 404);
  });

  it('answers 500 with nothing inside, and 503 at once where no worker is', async () => {
    const unknown = await site.ask('GET', '/v2.1/limits');
    assert.equal(unknown.statusCode, 500);
    assert.equal(unknown.body.includes('secret'), false);
    assert.match(String(unknown.headers['x-openstack-request-id']), /^req-/);
    const nobody = await site.ask('GET', '/v2.1/os-keypairs');
    assert.equal(nobody.statusCode, 503);
    assert.ok(nobody.headers['retry-after']);
    assert.equal(nobody.json().serviceUnavailable.code, 503);
  });
});
