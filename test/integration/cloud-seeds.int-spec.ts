import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CloudClient } from '#testing/cloud-client';
import { CloudCommand } from '#testing/cloud-command';

const seed = `
roles:
  - { name: auditor }
projects:
  - { name: web, quotas: { network: { port: 7 } } }
users:
  - { name: ann, password: a-password-of-a-test, roles: [{ project: web, role: member }] }
groups:
  - { name: web-team, description: who makes the web, users: [ann], roles: [{ project: web, role: auditor }] }
limits:
  - { name: image_count_total, service: image, default: 10, projects: { web: 3 } }
flavors:
  - { name: tiny.test, vcpus: 1, ram: 256, disk: 1 }
networks:
  - { name: web-net, project: web, subnets: [{ name: web-subnet, cidr: 10.7.0.0/24 }] }
routers:
  - { name: web-router, project: web, gateway: public, subnets: [web-subnet] }
security_groups:
  - { name: www, project: web, rules: [{ protocol: tcp, ports: 80 }, { protocol: tcp, ports: 8000-8080, remote: 10.0.0.0/8 }] }
  - { name: db, project: web, rules: [{ protocol: tcp, ports: 5432, remote_group: www }] }
zones:
  - { name: az-1, metadata: { ssd: 'yes' } }
servers:
  - { name: web-1, project: web, flavor: tiny.test, image: cirros, networks: [web-net], security_groups: [www], zone: az-1 }
`;

describe('seeds of a cloud', { timeout: 300_000 }, () => {
  const albireo = new CloudCommand();
  let cloud: CloudClient;
  before(async () => {
    await albireo.succeed(['start', '--detach', '--ephemeral', '--port-base', '0', '--seed', 'devstack']);
    cloud = await new CloudClient(await albireo.variables('default')).logIn();
  });
  after(() => albireo.close());

  const file = (text: string): string => {
    const path = join(albireo.folder, 'seed.yaml');
    writeFileSync(path, text);
    return path;
  };
  const names = async (api: string, path: string, member: string): Promise<string[]> => {
    const { body } = await cloud.api(api, 'GET', path);
    return (body as Record<string, { name: string }[]>)[member]?.map(({ name }) => name).toSorted() ?? [];
  };

  it('have the usual names of DevStack', async () => {
    assert.deepEqual(await names('network', '/v2.0/networks', 'networks'), ['private', 'public', 'shared']);
    assert.deepEqual(await names('network', '/v2.0/routers', 'routers'), ['router1']);
    const flavors = await names('compute', '/flavors', 'flavors');
    for (const name of ['m1.nano', 'm1.tiny', 'ds1G']) assert.ok(flavors.includes(name), name);
  });

  it('make what a file describes, once, and are written again by export', async () => {
    const made = await albireo.succeed(['seed', file(seed)]);
    assert.match(
      made,
      /made 1 roles, 1 projects, 1 users, 1 groups, 1 limits, 1 flavors, 1 networks, 1 routers, 2 security_groups, 1 zones, 1 servers/,
    );
    const { body } = await cloud.api('compute', 'GET', '/servers/detail?all_tenants=1');
    const [server] = (body as { servers: Record<string, unknown>[] }).servers;
    const shown = ['name', 'status', 'OS-EXT-AZ:availability_zone'].map((key) => server?.[key]);
    assert.deepEqual(shown, ['web-1', 'ACTIVE', 'az-1']);
    assert.match(await albireo.succeed(['seed', file(seed)]), /made nothing: all of it was there/);

    const written = await albireo.succeed(['export']);
    for (const part of [
      '- ann',
      'role: auditor',
      'web: 3',
      'port: 7',
      'hosts: 1',
      'ssd: yes',
      '- www',
      'remote_group: www',
      'zone: az-1',
    ])
      assert.ok(written.includes(part), part);
    await albireo.succeed(['reset']);
    assert.deepEqual(await names('compute', '/servers?all_tenants=1', 'servers'), []);
    await albireo.succeed(['seed', file(written)]);
    assert.deepEqual(await names('compute', '/servers?all_tenants=1', 'servers'), ['web-1']);
    assert.equal(await albireo.succeed(['export']), written);
    await albireo.succeed(['reset']);
  });

  it('are written by export so that they can be applied, whatever names things have', async () => {
    const post = async (api: string, path: string, body: object): Promise<Record<string, unknown>> => {
      const answer = await cloud.api(api, 'POST', path, body);
      assert.ok(answer.status < 300, JSON.stringify(answer.body));
      return Object.values(answer.body as Record<string, unknown>).find(
        (value) => typeof value === 'object' && value !== null,
      ) as Record<string, unknown>;
    };
    const made: unknown[] = [];
    for (const cidr of ['10.51.0.0/24', '10.52.0.0/24']) {
      const { id } = await post('network', '/v2.0/networks', { network: { name: 'twin' } });
      made.push(id);
      const routes = [{ destination: '192.0.2.0/24', nexthop: '10.51.0.9' }];
      const pools = [{ start: cidr.replace('0/24', '10'), end: cidr.replace('0/24', '20') }];
      const subnet = { network_id: id, ip_version: 4, cidr, allocation_pools: pools, host_routes: routes };
      await post('network', '/v2.0/subnets', { subnet });
    }
    const six = {
      network_id: made[0],
      ip_version: 6,
      cidr: 'fd00:51::/64',
      ipv6_ra_mode: 'slaac',
      ipv6_address_mode: 'slaac',
    };
    await post('network', '/v2.0/subnets', { subnet: six });
    const image = await cloud.api('image', 'POST', '/v2/images', {
      name: 'own',
      disk_format: 'raw',
      container_format: 'bare',
    });
    const { id: imageRef } = image.body as { id: string };
    assert.equal((await cloud.upload('image', `/v2/images/${imageRef}/file`, 'data')).status, 204);
    const networks = made.map((uuid) => ({ uuid }));
    const server = { name: 'twin', flavorRef: '1', imageRef, networks, min_count: 1 };
    await post('compute', '/servers', { server });
    await post('compute', '/servers', { server });
    const domain = await post('identity', '/domains', { domain: { name: 'elsewhere' } });
    await post('identity', '/projects', { project: { name: 'far', domain_id: domain['id'] } });

    const written = await albireo.succeed(['export']);
    assert.doesNotMatch(written, /name: far/);
    for (const part of ['10.51.0.10-10.51.0.20', '192.0.2.0/24: 10.51.0.9', 'ipv6_ra_mode: slaac'])
      assert.ok(written.includes(part), part);
    await albireo.succeed(['reset']);
    await albireo.succeed(['seed', file(written)]);
    assert.equal((await names('compute', '/servers', 'servers')).length, 2);
    assert.equal(
      (await names('network', '/v2.0/networks', 'networks')).filter((one) => one.startsWith('twin')).length,
      2,
    );
    assert.equal(await albireo.succeed(['export']), written);
    await albireo.succeed(['reset']);
  });

  it('that are broken are told with all their faults, file and line, and nothing is made', async () => {
    const broken = [
      'projects:',
      '  - { nmae: a }',
      'networks:',
      '  - name: n',
      '    subnets: [{ name: s, cidr: ten }]',
      'flavors: { tiny: 1 }',
    ].join('\n');
    const form = await albireo.run(['seed', file(broken)]);
    assert.equal(form.code, 1);
    for (const line of [
      /:2: projects\[0\]\.nmae: unknown/,
      /:2: projects\[0\]: "name" is required/,
      /:5: .*cidr/,
      /:6: flavors: expected a list/,
    ]) {
      assert.match(form.err, line);
    }
    const both = await albireo.run([
      'seed',
      file(
        `${broken}\nservers:\n  - { name: a, flavor: none, image: cirros, networks: [n], security_groups: [nobody] }\n`,
      ),
    ]);
    assert.match(both.err, /:5: .*cidr[\s\S]*:8: servers\[0\]\.flavor: no flavor is named "none"/);
    assert.match(both.err, /:8: servers\[0\]\.security_groups\[0\]: no security group is named "nobody"/);
    assert.match(
      (await albireo.run(['seed', file(seed.replace('10.7.0.0/24', '10.7.0.0/33'))])).err,
      /:15: .*cidr: expected a prefix/,
    );
    const strangers = seed.replace('users: [ann]', 'users: [bob]').replace('service: image', 'service: moon');
    const unknown = await albireo.run(['seed', file(strangers)]);
    assert.match(unknown.err, /groups\[0\]\.users\[0\]: no user is named "bob"/);
    assert.match(unknown.err, /limits\[0\]\.service: no service is named "moon"/);
    const dangling = seed.replace('gateway: public', 'gateway: nowhere').replace('image: cirros', 'image: windows');
    const references = await albireo.run(['seed', file(dangling)]);
    assert.match(references.err, /2 faults, nothing was done/);
    assert.match(references.err, /:17: routers\[0\]\.gateway: no network is named "nowhere"/);
    assert.match(references.err, /:24: servers\[0\]\.image: no image is named "windows"/);
    const many = await albireo.run([
      'seed',
      file(seed.replace('name: az-1, metadata', 'name: az-1, hosts: 3, metadata')),
    ]);
    assert.match(many.err, /zones\[0\]: the API refused it with 409: only 1 of 3 hosts are left without a zone/);
    // What only an API knows: the range of the router's second subnet is taken.
    const refused = await albireo.run(['seed', file(seed.replace('ports: 8000-8080', 'ports: 9-8'))]);
    assert.match(refused.err, /:19: security_groups\[0\]: the API refused it with 400/);
    assert.ok(!(await names('identity', '/projects', 'projects')).includes('web'));
    assert.doesNotMatch(await albireo.succeed(['snapshot', 'list']), /before-seed/);

    const start = ['start', '--detach', '--ephemeral', '--port-base', '0', '--name', 'broken', '--seed', file(broken)];
    const atStart = await albireo.run(start);
    assert.equal(atStart.code, 1);
    assert.match(atStart.err, /seed\.yaml:5: networks\[0\]\.subnets\[0\]\.cidr/);
  });

  it('give each parallel test a project of its own', async () => {
    const [one, two] = await Promise.all([
      albireo.succeed(['project', 'new']),
      albireo.succeed(['project', 'new', 'worker-2']),
    ]);
    assert.match(two, /export OS_PROJECT_NAME='worker-2'/);
    assert.notEqual(one, two);
    const own = Object.fromEntries([...one.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, key, value]) => [key, value]));
    const user = await new CloudClient({ ...(await albireo.variables('default')), ...own }).logIn();
    const { body } = await user.api('network', 'GET', '/v2.0/networks?router:external=false&shared=false');
    assert.equal((body as { networks: unknown[] }).networks.length, 1);
    assert.equal((await albireo.run(['project', 'new', 'worker-2'])).code, 1);
    // A refusal in the middle would put the whole cloud back, with the work of the other tests.
    const long = await albireo.run(['project', 'new', 'x'.repeat(65)]);
    assert.match(long.err, /expected a name of 1 to 64 characters/);
    assert.match(await albireo.succeed(['project', '--name', 'default', 'new', 'worker-3']), /OS_AUTH_URL='http/);
  });
});
