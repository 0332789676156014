import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergeMetrics } from '#libs/telemetry';
import type { MetricSnapshot } from '#libs/telemetry';
import { MetricHistory } from './metric-history.js';

function worker(count: number): MetricSnapshot[] {
  const snapshot = [
    {
      name: 'requests_total',
      help: 'Requests.',
      type: 'counter',
      aggregator: 'sum',
      values: [{ value: count, labels: { method: 'GET' } }],
    },
    { name: 'open', help: 'Open.', type: 'gauge', aggregator: 'sum', values: [{ value: 1, labels: {} }] },
    {
      name: 'seconds',
      help: 'Seconds.',
      type: 'histogram',
      aggregator: 'sum',
      values: [
        { value: count, labels: { le: 1 }, metricName: 'seconds_bucket' },
        { value: count, labels: { le: '+Inf' }, metricName: 'seconds_bucket' },
        { value: count / 2, labels: {}, metricName: 'seconds_sum' },
        { value: count, labels: {}, metricName: 'seconds_count' },
      ],
    },
  ];
  return JSON.parse(JSON.stringify(snapshot)) as MetricSnapshot[];
}

describe('the metrics of dead workers', () => {
  it('go on counting, and their gauges do not', async () => {
    const history = new MetricHistory();
    history.add(worker(3));
    history.add(worker(4));
    const text = await mergeMetrics([history.snapshot, worker(5)]);
    assert.match(text, /requests_total\{method="GET"\} 12\b/);
    assert.match(text, /seconds_count 12\b/);
    assert.match(text, /seconds_sum 6\b/);
    assert.match(text, /seconds_bucket\{le="1"\} 12\b/);
    assert.match(text, /^open 1$/m);
  });

  it('are none at first', () => {
    assert.deepEqual(new MetricHistory().snapshot, []);
  });
});
