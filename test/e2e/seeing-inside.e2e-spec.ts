import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ApiClient } from '#testing/api-client';
import { Cloud } from '#testing/cloud';
import { CHART } from '#testing/helm';
import { joinPages, metricsIn, readMetricsPage } from '#testing/metrics-page';
import type { MetricsPage } from '#testing/metrics-page';
import { missingPythonModules } from '#testing/peers';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';
import { TraceCollector } from '#testing/trace-collector';
import type { CollectedSpan } from '#testing/trace-collector';
import { PythonPeer } from '../../libs/messaging/test/python-peer.js';
import type { PeerEvent } from '../../libs/messaging/test/python-peer.js';

/** Labels that Prometheus adds to what it scrapes. */
const SCRAPED = ['namespace', 'pod', 'container', 'le'];

/** Of a network with a server that was made, stopped and deleted. */
const EVENTS = [
  'network.create.start',
  'network.create.end',
  'subnet.create.start',
  'subnet.create.end',
  'port.create.end',
  'port.delete.end',
  'compute.instance.update',
  'compute.instance.create.start',
  'compute.instance.create.end',
  'compute.instance.power_off.start',
  'compute.instance.power_off.end',
  'compute.instance.delete.start',
  'compute.instance.delete.end',
];

const skip = missingPythonModules('oslo_messaging');

describe('what a pair tells of itself', () => {
  const collector = new TraceCollector();
  let pair: Pair;
  let cloud: Cloud;
  let network: string;
  let image: string;
  before(async () => {
    const endpoint = await collector.start();
    const env = {
      OS_TRACING__EXPORTER_OTLP_ENDPOINT: endpoint,
      OS_TRACING__EXPORT_INTERVAL: '0.2',
      OS_OSLO_MESSAGING_NOTIFICATIONS__DRIVER: 'messagingv2',
      OS_NOTIFICATIONS__NOTIFY_ON_STATE_CHANGE: 'vm_and_task_state',
    };
    pair = await startPair({ env });
    cloud = new Cloud(new ApiClient(pair.ports));
    await cloud.api.login();
    network = await cloud.createNetwork('traced', '10.6.0.0/24');
    image = await cloud.imageId();
  });
  after(async () => {
    await pair?.stop();
    await collector.stop();
  });

  async function create(headers: Record<string, string>): Promise<{ id: string; headers: Headers }> {
    const server = { name: 'traced', imageRef: image, flavorRef: '1', networks: [{ uuid: network }] };
    const answer = await cloud.api.request('osapi_compute', 'POST', '/v2.1/servers', { body: { server }, headers });
    assert.equal(answer.status, 202, answer.text);
    const { id } = answer.json['server'] as { id: string };
    await cloud.untilStatus(id, 'ACTIVE');
    return { id, headers: answer.headers };
  }

  it(
    'has one trace of a create: HTTP, the call, the outbox and every step of the build',
    { timeout: 120_000 },
    async () => {
      const traceId = randomBytes(16).toString('hex');
      const parent = randomBytes(8).toString('hex');
      const created = await create({ traceparent: `00-${traceId}-${parent}-01`, tracestate: 'vendor=x' });
      assert.match(created.headers.get('traceresponse') ?? '', new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
      const requestId = created.headers.get('x-openstack-request-id');

      const spans = await collector.trace(traceId, 'POST /v2.1/servers', 'compute/build_and_run_instance');
      const named = (name: string, kind: number): CollectedSpan => {
        const found = spans.find((span) => span.name === name && span.kind === kind);
        return found ?? assert.fail(`no ${name} of kind ${kind} among ${JSON.stringify(spans)}`);
      };
      const http = named('POST /v2.1/servers', 2);
      const call = named('conductor/server_create', 3);
      const handler = named('conductor/server_create', 2);
      const steps = ['scheduler/select_destination', 'compute/build_and_run_instance'].map((name) => named(name, 5));
      const chain = [http, call, handler, ...steps];
      assert.deepEqual(
        chain.map((span) => span.parentSpanId),
        [parent, ...chain.slice(0, -1).map((span) => span.spanId)],
      );
      assert.deepEqual(
        chain.map((span) => span.service),
        ['albireo-gateway', 'albireo-gateway', ...Array.from({ length: 3 }, () => 'albireo-worker')],
      );
      assert.deepEqual([...new Set(chain.map((span) => span.traceState))], ['vendor=x']);
      assert.equal(http.attributes['http.response.status_code'], 202);
      assert.equal(http.attributes['http.route'], '/v2.1/servers');
      assert.equal(handler.attributes['rpc.method'], 'conductor/server_create');
      for (const span of [http, handler, ...steps]) assert.equal(span.attributes['openstack.request_id'], requestId);
    },
  );

  it(
    'lets a create be followed in the logs of both programs, by request id and by trace id',
    { timeout: 120_000 },
    async () => {
      const traceId = randomBytes(16).toString('hex');
      const globalId = 'req-01234567-89ab-cdef-0123-456789abcdef';
      const { id, headers } = await create({
        traceparent: `00-${traceId}-${'b'.repeat(16)}-00`,
        'x-openstack-request-id': globalId,
      });
      const requestId = headers.get('x-openstack-request-id') ?? '';
      const lines = async (name: string, last: RegExp): Promise<string[]> => {
        const program = pair.programs.get(name);
        await program?.waitForOutput(last);
        return (program?.output ?? '').split('\n').filter((line) => line.includes(requestId));
      };
      const gateway = await lines('gateway-0', new RegExp(`${requestId}.*POST /v2.1/servers`));
      const worker = await lines('worker-0', new RegExp(`${requestId}.*Took .* seconds to build`));
      assert.match(gateway.join('\n'), /"POST \/v2.1\/servers" status: 202/);
      assert.match(worker.join('\n'), new RegExp(`scheduler .*\\[instance: ${id}\\] Chose host test-compute`));
      for (const line of [...gateway, ...worker]) {
        assert.ok(line.includes(`[${globalId} ${requestId} `), line);
        assert.ok(line.endsWith(`trace_id=${traceId}`), line);
      }
      assert.equal(collector.spans.filter((span) => span.traceId === traceId).length, 0, 'it was not to be recorded');
    },
  );

  it('gives an error its class and a route its name in the spans', async () => {
    const missing = '00000000-0000-4000-8000-000000000000';
    const traceId = randomBytes(16).toString('hex');
    const answer = await cloud.api.request('osapi_compute', 'GET', `/v2.1/servers/${missing}`, {
      headers: { traceparent: `00-${traceId}-${'c'.repeat(16)}-01` },
    });
    assert.equal(answer.status, 404);
    const spans = await collector.trace(traceId, 'GET /v2.1/servers/:id');
    const call = spans.find((span) => span.name === 'conductor/server_get' && span.kind === 3);
    assert.equal(call?.attributes['error.type'], 'InstanceNotFound');
  });

  it('has every metric of the dashboard and the alerts, with their labels', { timeout: 60_000 }, async () => {
    const page = joinPages(await Promise.all(['gateway-0', 'worker-0'].map(scrape)));
    for (const file of ['dashboard.json', 'alerts.yaml']) {
      const used = metricsIn(readFileSync(join(CHART, 'files', file), 'utf8').replaceAll('\\"', '"'));
      assert.ok(used.length > 10, `${file}: ${used.length}`);
      for (const { name, labels } of used) {
        assert.ok(page.samples.has(name), `${file} uses ${name}, which no program has`);
        const own = labels.filter((label) => !SCRAPED.includes(label));
        const seen = page.labels.get(name);
        // A metric of a fault that did not happen here has no sample whose labels could be looked at.
        if (seen !== undefined)
          assert.deepEqual(
            own.filter((label) => !seen.has(label)),
            [],
            `${file}: ${name}`,
          );
      }
    }
  });

  it('notifies Python listeners of what happens to servers and networks', { skip, timeout: 120_000 }, async () => {
    const exchange = pair.env['OS_DEFAULT__CONTROL_EXCHANGE'] ?? '';
    const peer = new PythonPeer('listen', pair.brokerUrl, exchange, 'notifications');
    try {
      assert.deepEqual(await peer.next(), { ready: 'listener' });
      const notified = await cloud.createNetwork('notified', '10.61.0.0/24');
      const id = await cloud.createServer('notified', notified, image, { metadata: { role: 'db' } });
      await cloud.untilStatus(id, 'ACTIVE');
      await cloud.action(id, { 'os-stop': null });
      await cloud.untilStatus(id, 'SHUTOFF');
      await cloud.deleteServer(id);
      await cloud.untilGone(id);
      const events: PeerEvent[] = [];
      // What happened before the listener came waits in the queue too: its own events are those with its names.
      const isLast = (event: PeerEvent): boolean =>
        event['event_type'] === 'compute.instance.delete.end' && JSON.stringify(event).includes(id);
      while (!events.some(isLast)) events.push(await peer.next());
      const own = events.filter(
        (event) => /notified|10\.61\./.test(JSON.stringify(event)) || event['event_type'] === 'port.delete.end',
      );
      const types = new Set(own.map((event) => event['event_type']));
      assert.deepEqual(
        EVENTS.filter((type) => !types.has(type)),
        [],
        [...types].join(' '),
      );
      const end = own.find((event) => event['event_type'] === 'compute.instance.create.end');
      assert.equal(end?.['publisher_id'], 'compute.test-compute');
      const payload = end?.['payload'] as Record<string, unknown>;
      assert.deepEqual(
        [payload['instance_id'], payload['display_name'], payload['state'], payload['message'], payload['metadata']],
        [id, 'notified', 'active', 'Success', { role: 'db' }],
      );
      const [address] = payload['fixed_ips'] as Record<string, unknown>[];
      assert.deepEqual([address?.['label'], address?.['type'], address?.['version']], ['notified', 'fixed', 4]);
      const made = own.find((event) => event['event_type'] === 'network.create.end') ?? {};
      const { network: shown } = made['payload'] as { network: Record<string, unknown> };
      assert.deepEqual(
        [made['publisher_id'], shown['name'], shown['router:external'], shown['status']],
        ['network.test-compute', 'notified', false, 'ACTIVE'],
      );
      const changes = own
        .filter((event) => event['event_type'] === 'compute.instance.update')
        .map((event) => event['payload'] as Record<string, unknown>)
        .map(
          (update) =>
            `${String(update['old_task_state'])}>${String(update['new_task_state'])}:${String(update['state'])}`,
        );
      for (const change of ['scheduling>networking:building', 'spawning>null:active', 'powering-off>null:stopped']) {
        assert.ok(changes.includes(change), `${change} among ${changes.join(' ')}`);
      }
    } finally {
      await peer.stop();
    }
  });

  it('is not held up by a collector that is gone', { timeout: 60_000 }, async () => {
    await collector.stop();
    for (let n = 0; n < 20; n += 1) await cloud.api.expect(200, 'osapi_compute', 'GET', '/v2.1/servers');
    for (const name of ['gateway-0', 'worker-0']) assert.equal(await pair.programs.get(name)?.stop(), 0);
  });

  async function scrape(name: string): Promise<MetricsPage> {
    const program = pair.programs.get(name);
    const [, url = ''] = (await program?.waitForOutput(/health listening on (127\.0\.0\.1:\d+)/)) ?? [];
    return readMetricsPage(await (await fetch(`http://${url}/metrics`)).text());
  }
});
