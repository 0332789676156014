// The Compute and Metadata APIs over a real bus (memory://) with a stub in place of the worker.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ExpectedError, InstanceMetadata, Server, ServerPage, conductorContract } from '#libs/contracts';
import type { ServerCreateArgs, ServerData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { ApiOptions } from '#libs/options';
import { withOptions } from '../../apps/gateway/src/edge/testing/test-edge.js';
import { computeApi } from '../../apps/gateway/src/compute/compute.api.js';
import { serverData } from '../../apps/gateway/src/edge/testing/server-data.js';
import { metadataApi } from '../../apps/gateway/src/metadata/metadata.api.js';
import { OpenApiJudge } from '../support/openapi-judge.js';
import { startStubGateway } from '../support/stub-gateway.js';
import type { StubGateway } from '../support/stub-gateway.js';

const IMAGE = '11111111-2222-4333-8444-555555555555';
const UNKNOWN = '99999999-2222-4333-8444-555555555555';

/** A worker of a few lines: servers in a map, no flavor but `1`. */
function stubWorker(servers: Map<string, ServerData>, seen: RequestContext[]) {
  const find = (id: string): ServerData => {
    const server = servers.get(id);
    if (server === undefined) throw new ExpectedError('InstanceNotFound', `Instance ${id} could not be found.`);
    return server;
  };
  return {
    contract: conductorContract,
    handlers: {
      server_create: async (context: RequestContext, args: ServerCreateArgs) => {
        seen.push(context);
        if (args.flavor_ref !== '1') {
          throw new ExpectedError('FlavorNotFound', `Flavor ${args.flavor_ref} could not be found.`);
        }
        const id = `0b7c7b1e-8a0f-4a6e-9f0e-${String(servers.size + 1).padStart(12, '0')}`;
        const server = serverData({ id, name: args.name, metadata: args.metadata ?? {}, vm_state: 'building' });
        servers.set(id, server);
        return ServerPage.wrap({ objects: [server], next_marker: null });
      },
      server_get: async (_context: RequestContext, { id }: { id: string }) => Server.wrap(find(id)),
      server_list: async () => ServerPage.wrap({ objects: [...servers.values()], next_marker: null }),
      server_delete: async (_context: RequestContext, { id }: { id: string }) => {
        find(id);
        servers.delete(id);
        return null;
      },
      server_action: async () => {
        throw new Error('an inner detail');
      },
      instance_metadata: async (_context: RequestContext, { address }: { address?: string }) => {
        const [server] = servers.values();
        if (server === undefined || address !== '127.0.0.1') throw new ExpectedError('InstanceNotFound', 'nobody');
        return InstanceMetadata.wrap({ server, public_key: null, ports: [] });
      },
    },
  };
}

describe('the Compute API over the bus', () => {
  const servers = new Map<string, ServerData>();
  const seen: RequestContext[] = [];
  let gateway: StubGateway;
  before(async () => {
    const soon = withOptions(ApiOptions, { requestTimeout: 5 });
    gateway = await startStubGateway(computeApi, stubWorker(servers, seen), soon);
  });
  after(() => gateway.stop());

  const create = (server: Record<string, unknown>, headers: Record<string, string> = {}) =>
    gateway.request({ method: 'POST', url: '/v2.1/servers', body: { server }, headers });

  it('takes a server from create to gone', async () => {
    const made = await create({ name: 'ñ☃', flavorRef: '1', imageRef: IMAGE, metadata: { a: 'b' } });
    assert.equal(made.status, 202, made.text);
    const location = new URL(String(made.headers['location']));
    const shown = await gateway.request({ url: location.pathname });
    assert.match(shown.text, /"name":"ñ☃","status":"BUILD"/);
    assert.equal((await gateway.request({ method: 'DELETE', url: location.pathname })).status, 204);
    assert.equal((await gateway.request({ url: location.pathname })).status, 404);
  });

  it('answers what the document that it serves says', async () => {
    const served = await gateway.request({ url: '/openapi.json', roles: null });
    assert.equal(served.status, 200, served.text);
    const judge = new OpenApiJudge(Object(served.json));
    const id = `0b7c7b1e-8a0f-4a6e-9f0e-${'1'.padStart(12, '0')}`;
    servers.set(id, serverData({ id }));
    const server = { name: 'x', flavorRef: '1', imageRef: IMAGE, networks: 'auto' };
    const asked = [
      { method: 'GET', path: '/servers' },
      { method: 'GET', path: '/servers/detail' },
      { method: 'GET', path: `/servers/${id}` },
      { method: 'GET', path: `/servers/${id}/ips` },
      { method: 'GET', path: '/extensions' },
      { method: 'POST', path: '/servers', request: { server } },
    ] as const;
    for (const version of [1, 37, 60, 104]) {
      for (const { method, path, ...more } of version < 37 ? asked.slice(0, -1) : asked) {
        const request = 'request' in more ? more.request : undefined;
        const answer = await gateway.request({
          method,
          url: `/v2.1${path}`,
          headers: { 'openstack-api-version': `compute 2.${version}` },
          ...(request === undefined ? {} : { body: request }),
        });
        assert.ok(answer.status < 300, answer.text);
        const fault = judge.fault({ method, path, status: answer.status, body: answer.json, request, version });
        assert.equal(fault, undefined, `${method} ${path} in 2.${version}`);
      }
    }
    const wrong = { method: 'GET', path: '/servers', status: 200, body: { servers: [{}] } };
    assert.match(judge.fault(wrong) ?? '', /must have required property 'id'/);
    servers.delete(id);
  });

  it('tells the worker who asks under which ids, and no token', async () => {
    const id = 'req-00000000-0000-4000-8000-000000000000';
    const answer = await create({ name: 'x', flavorRef: '1', imageRef: UNKNOWN }, { 'x-openstack-request-id': id });
    const context = seen.at(-1);
    assert.equal(context?.request_id, answer.headers['x-openstack-request-id']);
    assert.equal(context?.global_request_id, id);
    assert.deepEqual(context?.roles, ['member', 'reader']);
    assert.equal(JSON.stringify(context).includes('eyJ'), false);
  });

  it('makes of what a create names and is not there a bad request, and 404 elsewhere', async () => {
    const bad = await create({ name: 'x', flavorRef: 'nosuch', imageRef: UNKNOWN });
    assert.equal(bad.status, 400);
    assert.deepEqual(bad.json, { badRequest: { code: 400, message: 'Flavor nosuch could not be found.' } });
    assert.equal((await gateway.request({ url: `/v2.1/servers/${UNKNOWN}` })).status, 404);
  });

  it('asks the real policy', async () => {
    const reader = await gateway.request({
      method: 'POST',
      url: '/v2.1/servers',
      body: { server: { name: 'x', flavorRef: '1', imageRef: UNKNOWN } },
      roles: ['reader'],
    });
    assert.equal(reader.status, 403);
    assert.equal((await gateway.request({ url: '/v2.1/servers?all_tenants=1' })).status, 403);
    assert.equal((await gateway.request({ url: '/v2.1/servers?all_tenants=1', roles: ['admin'] })).status, 200);
    const member = await gateway.request({ url: '/v2.1/servers/detail' });
    assert.equal(member.text.includes('OS-EXT-SRV-ATTR:host'), false);
    const admin = await gateway.request({ url: '/v2.1/servers/detail', roles: ['admin'] });
    assert.equal(admin.text.includes('OS-EXT-SRV-ATTR:host'), true);
    assert.equal((await gateway.request({ url: '/v2.1/os-services' })).status, 403);
  });

  it('says nothing of what failed inside', async () => {
    const [id] = servers.keys();
    const url = `/v2.1/servers/${String(id)}/action`;
    const answer = await gateway.request({ method: 'POST', url, body: { 'os-stop': null } });
    assert.equal(answer.status, 500);
    assert.equal(answer.text.includes('inner detail'), false);
    assert.match(String(answer.headers['x-openstack-request-id']), /^req-/);
  });

  it('answers 503 at once when the worker has gone', async () => {
    await gateway.stopWorker();
    const answer = await gateway.request({ url: '/v2.1/servers' });
    assert.equal(answer.status, 503, answer.text);
    assert.ok(answer.headers['retry-after']);
  });
});

describe('the Metadata API over the bus', () => {
  let gateway: StubGateway;
  before(async () => {
    gateway = await startStubGateway(metadataApi, stubWorker(new Map([['1', serverData()]]), []));
  });
  after(() => gateway.stop());

  it('finds the server by the address of the client', async () => {
    const answer = await gateway.request({ url: '/openstack/latest/meta_data.json', roles: null });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /"meta":\{"role":"db"\}/);
    assert.equal((await gateway.request({ url: '/latest/meta-data/local-ipv4', roles: null })).text, '10.0.0.5');
  });
});
