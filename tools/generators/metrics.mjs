// The reference page of all metrics, from what the programs register.
import { httpMetrics } from '../../dist/apps/gateway/src/edge/request-metrics.js';
import { poolGauge, stateGauges } from '../../dist/apps/worker/src/service/state-metrics.js';
import { inFlightGauge } from '../../dist/libs/launcher/src/child/hosted-service.js';
import { launcherMetrics } from '../../dist/libs/launcher/src/workers/worker-metrics.js';
import { rpcMetrics } from '../../dist/libs/messaging/src/transport/rpc-metrics.js';
import { registeredMetrics } from '../../dist/libs/telemetry/src/index.js';
import { spanCounter } from '../../dist/libs/telemetry/src/internal/tracing/span-queue.js';

httpMetrics();
inFlightGauge(() => []);
rpcMetrics();
stateGauges();
poolGauge(() => null);
spanCounter();

const names = new Set();
const subjects = [
  ['HTTP (gateway)', /^albireo_http_/],
  ['RPC, the side that calls', /^albireo_rpc_(client|casts|late)_/],
  ['RPC, the side that serves', /^albireo_rpc_(server|requests|messages|queue)_/],
  ['State (worker)', /^albireo_(servers|server_task|outbox|db)/],
  ['Processes', /^albireo_launcher_/],
  ['Notifications and traces', /^albireo_(notifications|trace)_/],
];

function text() {
  const all = [...registeredMetrics(), ...Object.values(launcherMetrics)];
  const lines = [
    '# Metrics reference',
    '',
    'Every metric of the programs. Made by `npm run generate`; where to read them and what to watch:',
    '[observability](observability.md).',
  ];
  for (const [title, pattern] of subjects) {
    const own = all.filter(({ name }) => pattern.test(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name } of own) names.add(name);
    lines.push('', `## ${title}`, '', '| metric | kind | labels | what it tells |', '| --- | --- | --- | --- |');
    for (const { name, type, labels, help } of own) {
      lines.push(`| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} |`);
    }
  }
  const left = all.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  if (left.length > 0) throw new Error(`tools/generators/metrics.mjs: no subject for ${left.join(', ')}`);
  lines.push(
    '',
    'Of each process also those of Node that prom-client collects, as `process_cpu_seconds_total`,',
    '`process_resident_memory_bytes`, `nodejs_eventloop_lag_p99_seconds`, `nodejs_gc_duration_seconds`.',
  );
  return `${lines.join('\n')}\n`;
}

export const files = [{ path: 'docs/metrics-reference.md', text }];
