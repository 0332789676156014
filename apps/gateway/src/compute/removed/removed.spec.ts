import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HypervisorPage, Server, ServerEvents, ServicePage } from '#libs/contracts';
import { createApiApplication } from '../../edge/application.js';
import type { ApiApplication } from '../../edge/application.js';
import { serverData } from '../../edge/testing/server-data.js';
import { testClaims, testEdge } from '../../edge/testing/test-edge.js';
import { computeApi } from '../compute.api.js';

const ID = '11111111-2222-4333-8444-555555555555';

describe("the Compute API's oldest resources", () => {
  const server = serverData({ id: ID, power_state: 1 });
  const edge = testEdge({
    conductor: {
      server_get: () => Server.wrap(server),
      server_events: ({ events }) => ServerEvents.wrap({ codes: events.map(({ tag }) => (tag === 'x' ? 200 : 404)) }),
      hypervisor_list: () => HypervisorPage.wrap({ objects: [], next_marker: null }),
      service_list: () => ServicePage.wrap({ objects: [], next_marker: null }),
    },
  });
  let app: ApiApplication;
  let token: string;
  before(async () => {
    app = await createApiApplication(computeApi, edge);
    token = await edge.codec.sign(testClaims(['admin']));
  });
  after(() => app.close());
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, version = '2.104', body?: object) =>
    app.fastify.inject({
      method,
      url: `/v2.1/${path}`,
      headers: { 'x-auth-token': token, 'openstack-api-version': `compute ${version}` },
      ...(body === undefined ? {} : { payload: body }),
    });

  it('that nova has removed are 410 in every version', async () => {
    for (const path of [
      'os-cells',
      'os-agents',
      'os-fping',
      `servers/${ID}/consoles`,
      `servers/${ID}/os-virtual-interfaces`,
    ]) {
      for (const version of ['2.1', '2.104']) {
        const answer = await ask('GET', path, version);
        const message = 'This resource is no longer available.  No forwarding address is given.';
        assert.deepEqual([answer.statusCode, answer.json()], [410, { computeFault: { code: 410, message } }], path);
      }
    }
    assert.equal((await ask('POST', 'os-networks', '2.1', { network: {} })).statusCode, 410);
  });

  it('of volumes find none', async () => {
    const attachments = `servers/${ID}/os-volume_attachments`;
    assert.deepEqual((await ask('GET', attachments)).json(), { volumeAttachments: [] });
    const body = { volumeAttachment: { volumeId: ID } };
    assert.equal(
      (await ask('POST', attachments, '2.1', body)).json().itemNotFound.message,
      `Volume ${ID} could not be found.`,
    );
    const tagged = { volumeAttachment: { volumeId: ID, tag: 'x' } };
    assert.equal((await ask('POST', attachments, '2.48', tagged)).statusCode, 400);
    assert.equal((await ask('POST', attachments, '2.49', tagged)).statusCode, 404);
    assert.equal((await ask('GET', 'os-volumes', '2.35')).statusCode, 200);
    assert.equal((await ask('GET', 'os-volumes', '2.36')).statusCode, 404);
  });

  it('tell what is known of a server', async () => {
    const { num_cpus: cpus, memory_details: memory } = (await ask('GET', `servers/${ID}/diagnostics`)).json();
    assert.deepEqual([cpus, memory.maximum], [server.flavor.vcpus, server.flavor.ram]);
    assert.deepEqual(Object.keys((await ask('GET', `servers/${ID}/diagnostics`, '2.47')).json()), ['memory']);
    assert.equal((await ask('GET', `servers/${ID}/topology`, '2.77')).statusCode, 404);
    assert.equal((await ask('GET', `servers/${ID}/topology`, '2.78')).statusCode, 200);
  });

  it('take events by version, and say of each what became of it', async () => {
    const event = { name: 'volume-extended', server_uuid: ID, tag: 'x' };
    assert.equal((await ask('POST', 'os-server-external-events', '2.50', { events: [event] })).statusCode, 400);
    assert.equal((await ask('POST', 'os-server-external-events', '2.51', { events: [event] })).statusCode, 200);
    const both = { events: [event, { ...event, tag: 'y' }] };
    const mixed = await ask('POST', 'os-server-external-events', '2.51', both);
    assert.equal(mixed.statusCode, 207);
    assert.deepEqual(
      mixed.json().events.map(({ status, code }: { status: string; code: number }) => [status, code]),
      [
        ['completed', 200],
        ['failed', 404],
      ],
    );
  });

  it('tell of hosts until 2.42, and of audits that never ran', async () => {
    assert.equal((await ask('GET', 'os-hosts', '2.42')).statusCode, 200);
    assert.equal((await ask('GET', 'os-hosts', '2.43')).statusCode, 404);
    assert.equal((await ask('GET', 'os-hosts/none', '2.42')).statusCode, 404);
    assert.equal((await ask('PUT', 'os-hosts/none', '2.42', { status: 'maybe' })).statusCode, 400);
    const { instance_usage_audit_log: log } = (
      await ask('GET', 'os-instance_usage_audit_log/2012-01-01%2000:00:00')
    ).json();
    assert.deepEqual([log.period_beginning, log.period_ending], ['2011-11-01 00:00:00', '2011-12-01 00:00:00']);
    assert.equal((await ask('GET', 'os-instance_usage_audit_log/yesterday')).statusCode, 400);
  });
});
