import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ExpectedError, InstanceMetadata } from '#libs/contracts';
import { MiddlewareOptions, NeutronOptions } from '#libs/options';
import { createApiApplication } from '../edge/application.js';
import type { ApiApplication } from '../edge/application.js';
import { serverData } from '../edge/testing/server-data.js';
import { testEdge, withOptions } from '../edge/testing/test-edge.js';
import { metadataApi } from './metadata.api.js';

const server = serverData({
  key_name: 'k1',
  user_data: Buffer.from('#!/bin/sh\n').toString('base64'),
  security_groups: ['default', 'web'],
});
const instance = {
  server,
  public_key: 'ssh-ed25519 AAAA',
  ports: [{ port_id: 'port-1', mac_address: 'fa:16:3e:00:00:01', fixed_ip: '10.0.0.5' }],
  nics: [
    {
      port_id: 'port-1',
      mac_address: 'fa:16:3e:00:00:01',
      vif_type: 'other',
      tag: 'storage',
      network_id: 'net-1',
      mtu: 1442,
      fixed_ips: [],
    },
  ],
};

describe('the Metadata API by address', () => {
  let asked = 0;
  let left = '';
  let app: ApiApplication;
  before(async () => {
    const edge = testEdge({
      conductor: {
        instance_metadata: ({ address }) => {
          asked += 1;
          if (address !== '10.0.0.5') throw new ExpectedError('InstanceNotFound', 'no such server');
          return InstanceMetadata.wrap({ ...instance, password: left });
        },
        instance_password_set: ({ password }) => {
          if (left !== '') throw new ExpectedError('Conflict', 'There was a conflict.');
          left = password;
          return null;
        },
      },
    });
    app = await createApiApplication(metadataApi, edge);
  });
  after(() => app.close());
  const get = (url: string, remoteAddress = '::ffff:10.0.0.5') => app.fastify.inject({ url, remoteAddress });

  it('lists the versions to anybody', async () => {
    const answer = await get('/', '1.2.3.4');
    assert.equal(answer.body.split('\n')[0], '1.0');
    assert.match(answer.body, /2009-04-04\nlatest$/);
    assert.match((await get('/openstack', '1.2.3.4')).body, /^2012-08-10\n[^]*2025-04-04\nlatest$/);
    assert.equal((await get('/latest/', '1.2.3.4')).statusCode, 404);
  });

  it('prints the EC2 tree, directories as lists', async () => {
    assert.equal((await get('/latest/')).body, 'meta-data/\nuser-data');
    const list = (await get('/latest/meta-data/')).body.split('\n');
    assert.ok(list.includes('public-keys/') && list.includes('placement/') && list.includes('local-ipv4'));
    assert.equal((await get('/latest/meta-data/local-ipv4')).body, '10.0.0.5');
    assert.equal((await get('/2009-04-04/meta-data/public-keys/')).body, '0=k1');
    assert.equal((await get('/2009-04-04/meta-data/public-keys/0/openssh-key')).body, 'ssh-ed25519 AAAA');
    assert.equal((await get('/latest/meta-data/security-groups')).body, 'default\nweb');
    assert.equal((await get('/latest/meta-data/hostname')).body, 'vm.novalocal');
    assert.equal((await get('/latest/user-data')).body, '#!/bin/sh\n');
    assert.equal((await get('/1.0/meta-data/instance-type')).statusCode, 404);
    assert.equal((await get('/latest/meta-data/nonsense')).statusCode, 404);
    assert.equal((await get('/3000-01-01/meta-data')).statusCode, 404);
    assert.equal((await get('/latest/meta-data/__proto__')).statusCode, 404);
  });

  it('keeps the password that the guest leaves, once', async () => {
    const url = '/openstack/latest/password';
    const leave = (payload: string, path = url) =>
      app.fastify.inject({ method: 'POST', url: path, remoteAddress: '::ffff:10.0.0.5', payload });
    assert.equal((await get(url)).body, '');
    assert.equal((await leave('x'.repeat(1021))).statusCode, 400);
    assert.equal((await leave('x', '/openstack/2012-08-10/password')).statusCode, 404);
    assert.equal((await leave('c2VjcmV0')).statusCode, 200);
    assert.equal((await get(url)).body, 'c2VjcmV0');
    assert.equal((await leave('other')).statusCode, 409);
  });

  it('answers nova’s tree by version', async () => {
    const latest = (await get('/openstack/latest/meta_data.json')).json();
    assert.equal(latest.uuid, server.id);
    assert.deepEqual(latest.meta, { role: 'db' });
    assert.deepEqual(latest.public_keys, { k1: 'ssh-ed25519 AAAA' });
    assert.equal(latest.project_id, server.project_id);
    const first = (await get('/openstack/2012-08-10/meta_data.json')).json();
    assert.equal('random_seed' in first || 'project_id' in first, false);
    assert.equal((await get('/openstack/latest/network_data.json')).statusCode, 200);
    const tagged = { type: 'nic', mac: 'fa:16:3e:00:00:01', bus: 'none', address: 'none', tags: ['storage'] };
    assert.deepEqual(latest.devices, [{ vf_trusted: false, ...tagged }]);
    assert.deepEqual((await get('/openstack/2016-06-30/meta_data.json')).json().devices, [tagged]);
    assert.equal((await get('/openstack/2012-08-10/network_data.json')).statusCode, 404);
    assert.match((await get('/openstack/latest')).body, /^meta_data.json\nuser_data\npassword\nvendor_data.json/);
  });

  it('asks the worker each time: the address may be another server’s by now', async () => {
    const before = asked;
    for (let count = 0; count < 3; count += 1) await get('/latest/user-data');
    assert.equal(asked, before + 3);
  });
});

describe('the Metadata API and headers that say who asks', () => {
  for (const proxyHeaders of [false, true]) {
    it(`takes no address from them, enable_proxy_headers_parsing ${String(proxyHeaders)}`, async () => {
      const seen = new Set<string | undefined>();
      const edge = testEdge(
        {
          conductor: {
            instance_metadata: ({ address }) => {
              seen.add(address);
              throw new ExpectedError('InstanceNotFound', 'no such server');
            },
          },
        },
        withOptions(MiddlewareOptions, { enableProxyHeadersParsing: proxyHeaders }),
      );
      const app = await createApiApplication(metadataApi, edge);
      for (const headers of [
        { 'x-forwarded-for': '10.0.0.5' },
        { 'x-forwarded-for': '10.0.0.5, 10.0.0.6' },
        { forwarded: 'for=10.0.0.5' },
        { forwarded: 'for="[2001:db8::1]"' },
        { 'x-real-ip': '10.0.0.5' },
        { 'x-client-ip': '10.0.0.5', 'true-client-ip': '10.0.0.5' },
        { 'x-instance-id': 'id', 'x-tenant-id': 'p', 'x-forwarded-for': '10.0.0.5' },
      ]) {
        const url = '/openstack/latest/user_data';
        const answer = await app.fastify.inject({ url, headers, remoteAddress: '10.0.0.200' });
        assert.equal(answer.statusCode, 404);
      }
      assert.deepEqual([...seen], ['10.0.0.200']);
      await app.close();
    });
  }
});

describe('the Metadata API behind a proxy', () => {
  const secret = 'shared';
  let asked = 0;
  let app: ApiApplication;
  before(async () => {
    const edge = testEdge(
      {
        conductor: {
          instance_metadata: ({ instance_id: id, tenant_id: tenant }) => {
            asked += 1;
            if (id !== server.id || tenant !== server.project_id) {
              throw new ExpectedError('InstanceNotFound', 'no such server');
            }
            return InstanceMetadata.wrap(instance);
          },
        },
      },
      withOptions(NeutronOptions, { serviceMetadataProxy: true, metadataProxySharedSecret: secret }),
    );
    app = await createApiApplication(metadataApi, edge);
  });
  after(() => app.close());

  const good = {
    'x-instance-id': server.id,
    'x-instance-id-signature': createHmac('sha256', secret).update(server.id).digest('hex'),
    'x-tenant-id': server.project_id,
    'x-forwarded-for': '10.0.0.5',
  };
  const get = (headers: Record<string, string>) =>
    app.fastify.inject({ url: '/openstack/latest/meta_data.json', headers });

  it('asks the worker once for a server that the proxy names', async () => {
    await get(good);
    const before = asked;
    for (let count = 0; count < 3; count += 1) assert.equal((await get(good)).statusCode, 200);
    assert.equal(asked, before);
  });

  it('trusts signed headers only', async () => {
    assert.equal((await get(good)).json().uuid, server.id);
    const forged = await get({ ...good, 'x-instance-id-signature': '0'.repeat(64) });
    assert.equal(forged.statusCode, 403);
    assert.equal(forged.body, 'Invalid proxy request signature.\n');
    assert.equal((await get({ ...good, 'x-tenant-id': 'other' })).statusCode, 404);
  });

  it('says which header is missing', async () => {
    for (const name of ['X-Instance-ID', 'X-Instance-ID-Signature', 'X-Tenant-ID', 'X-Forwarded-For']) {
      const rest = Object.entries(good).filter(([key]) => key !== name.toLowerCase());
      const answer = await get(Object.fromEntries(rest));
      assert.equal(answer.statusCode, 400, name);
      assert.equal(answer.body, `${name} header is missing from request.\n`);
    }
  });
});
