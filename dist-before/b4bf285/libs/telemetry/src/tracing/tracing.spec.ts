import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { TracingOptions, loadConfiguration } from '#libs/config';
import { createServer } from 'node:http';
import { isTracing, setupTracing, spanOf, startSpan, startTrace, stopTracing } from './tracing.js';
import { readTraceContext } from './trace-context.js';

const identity = { program: 'albireo-spec', version: '1' };

function settings(more: Record<string, string> = {}): TracingOptions {
  const env: Record<string, string> = { OS_TRACING__EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', ...more };
  if (env['OS_TRACING__EXPORTER_OTLP_ENDPOINT'] === '') delete env['OS_TRACING__EXPORTER_OTLP_ENDPOINT'];
  const input = { program: 'albireo-spec', version: '1', argv: [], env, groups: [TracingOptions] };
  return loadConfiguration(input).get(TracingOptions);
}

const parentOf = (flags: string) =>
  readTraceContext({ traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}` });

describe('tracing', () => {
  afterEach(() => stopTracing(0));

  it('records nothing without a collector, and follows the trace of a client all the same', () => {
    setupTracing(settings({ OS_TRACING__EXPORTER_OTLP_ENDPOINT: '' }), identity);
    assert.equal(isTracing(), false);
    assert.equal(startTrace('server', 'GET', undefined), undefined);
    const parent = parentOf('01');
    assert.equal(startTrace('server', 'GET', parent), parent);
    assert.equal(startSpan('client', 'a/b', parentOf('01')), undefined);
  });

  it('records what the client recorded, whatever the ratio, and not what it did not', () => {
    setupTracing(settings({ OS_TRACING__SAMPLING_RATIO: '0' }), identity);
    assert.ok(spanOf(startTrace('server', 'GET', parentOf('01'))));
    const unrecorded = startTrace('server', 'GET', parentOf('00'));
    assert.equal(spanOf(unrecorded), undefined);
    assert.equal(unrecorded?.spanId, '00f067aa0ba902b7', 'the parent is handed on');
    const own = startTrace('server', 'GET', undefined);
    assert.match(own?.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.equal(spanOf(own), undefined);
    assert.equal(startSpan('client', 'a/b', own), undefined);
  });

  it('records the share of new traces that the ratio says', () => {
    setupTracing(settings({ OS_TRACING__SAMPLING_RATIO: '0.25' }), identity);
    let recorded = 0;
    for (let n = 0; n < 4000; n += 1) if (spanOf(startTrace('server', 'GET', undefined)) !== undefined) recorded += 1;
    assert.ok(recorded > 800 && recorded < 1200, String(recorded));
  });

  it('sends what waits at the end, with names and attributes that collectors know', { timeout: 20_000 }, async () => {
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      assert.equal(request.url, '/v1/traces');
      assert.equal(request.headers['authorization'], 'Bearer x');
      request.setEncoding('utf8').on('data', (part: string) => bodies.push(part));
      request.on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const address = collector.address();
    const port = typeof address === 'object' ? address?.port : 0;
    setupTracing(
      settings({
        OS_TRACING__EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OS_TRACING__EXPORTER_OTLP_HEADERS: 'authorization:Bearer x',
      }),
      identity,
    );
    const root = startTrace('server', 'GET', undefined);
    const child = startSpan('client', 'conductor/server_get', root);
    child?.set('rpc.method', 'conductor/server_get');
    child?.end('InstanceNotFound');
    spanOf(root)?.end();
    await stopTracing(10_000);
    collector.close();
    const [resource] = JSON.parse(bodies.join('')).resourceSpans;
    const [first, second] = resource.scopeSpans[0].spans;
    assert.deepEqual(
      [first.name, first.kind, first.parentSpanId, first.status.code, second.kind, second.parentSpanId],
      ['conductor/server_get', 3, second.spanId, 2, 2, undefined],
    );
    assert.equal(first.traceId, second.traceId);
    assert.ok(JSON.stringify(first.attributes).includes('"error.type","value":{"stringValue":"InstanceNotFound"}'));
    assert.ok(JSON.stringify(resource.resource.attributes).includes('albireo-spec'));
    assert.ok(BigInt(first.startTimeUnixNano) <= BigInt(first.endTimeUnixNano));
  });
});
