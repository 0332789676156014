// The Grafana dashboard: one row a subject, one panel a question.

const scope = 'namespace="$namespace"';
const byPod = `${scope},pod=~"$pod"`;

const rows = [
  {
    title: 'Calls, as the gateway sees them',
    panels: [
      [
        'Calls by topic',
        'reqps',
        [[`sum by (topic) (rate(albireo_rpc_client_call_seconds_count{${byPod}}[$__rate_interval]))`, '{{topic}}']],
      ],
      [
        'Calls that failed, by outcome',
        'reqps',
        [
          [
            `sum by (topic, outcome) (rate(albireo_rpc_client_call_seconds_count{${byPod},outcome!="ok"}[$__rate_interval]))`,
            '{{topic}} {{outcome}}',
          ],
        ],
      ],
      [
        'Time of calls',
        's',
        [
          [
            `histogram_quantile(0.5, sum by (le) (rate(albireo_rpc_client_call_seconds_bucket{${byPod}}[$__rate_interval])))`,
            'median',
          ],
          [
            `histogram_quantile(0.99, sum by (le) (rate(albireo_rpc_client_call_seconds_bucket{${byPod}}[$__rate_interval])))`,
            '99 %',
          ],
        ],
      ],
      [
        'Slowest methods, 99 %',
        's',
        [
          [
            `topk(8, histogram_quantile(0.99, sum by (le, topic, method) (rate(albireo_rpc_client_call_seconds_bucket{${byPod}}[$__rate_interval]))))`,
            '{{topic}}.{{method}}',
          ],
        ],
      ],
    ],
  },
  {
    title: 'Requests, as the workers see them',
    panels: [
      [
        'Requests by method',
        'reqps',
        [
          [
            `sum by (topic, method) (rate(albireo_rpc_server_request_seconds_count{${byPod}}[$__rate_interval]))`,
            '{{topic}}.{{method}}',
          ],
        ],
      ],
      [
        'Requests that failed',
        'reqps',
        [
          [
            `sum by (topic, method) (rate(albireo_rpc_server_request_seconds_count{${byPod},ok="false"}[$__rate_interval]))`,
            '{{topic}}.{{method}}',
          ],
        ],
      ],
      [
        'Time in handlers, 99 %',
        's',
        [
          [
            `histogram_quantile(0.99, sum by (le, topic) (rate(albireo_rpc_server_request_seconds_bucket{${byPod}}[$__rate_interval])))`,
            '{{topic}}',
          ],
        ],
      ],
      [
        'Work at a time',
        'short',
        [[`sum by (topic) (rate(albireo_rpc_server_request_seconds_sum{${byPod}}[$__rate_interval]))`, '{{topic}}']],
      ],
    ],
  },
  {
    title: 'Messages',
    panels: [
      [
        'Casts that the broker confirmed',
        'reqps',
        [[`sum by (topic) (rate(albireo_rpc_casts_published_total{${byPod}}[$__rate_interval]))`, '{{topic}}']],
      ],
      [
        'Messages that were not run',
        'short',
        [
          [
            `sum by (topic, reason) (increase(albireo_rpc_requests_dropped_total{${byPod}}[$__rate_interval]))`,
            '{{topic}} {{reason}}',
          ],
        ],
      ],
      [
        'Put aside, unroutable, late',
        'short',
        [
          [
            `sum by (topic) (increase(albireo_rpc_messages_parked_total{${byPod}}[$__rate_interval]))`,
            'parked {{topic}}',
          ],
          [
            `sum by (routing_key) (increase(albireo_rpc_casts_unroutable_total{${byPod}}[$__rate_interval]))`,
            'unroutable {{routing_key}}',
          ],
          [`sum(increase(albireo_rpc_late_replies_total{${byPod}}[$__rate_interval]))`, 'late replies'],
        ],
      ],
    ],
  },
  {
    title: 'Processes',
    panels: [
      [
        'Worker processes',
        'short',
        [[`sum by (service, state) (albireo_launcher_workers{${byPod}})`, '{{service}} {{state}}']],
      ],
      [
        'Processes that ended by themselves',
        'short',
        [[`sum by (service) (increase(albireo_launcher_restarts_total{${byPod}}[$__rate_interval]))`, '{{service}}']],
      ],
      [
        'Workers that did not answer for metrics',
        'short',
        [[`sum by (pod) (albireo_launcher_metrics_missing{${byPod}})`, '{{pod}}']],
      ],
      [
        'Memory of pods',
        'bytes',
        [[`sum by (pod) (container_memory_working_set_bytes{${byPod},container=~"gateway|worker"})`, '{{pod}}']],
      ],
    ],
  },
];

const source = { type: 'prometheus', uid: '$datasource' };

function panel(id, [title, unit, targets], gridPos) {
  return {
    id,
    type: 'timeseries',
    title,
    datasource: source,
    gridPos,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: targets.map(([expr, legendFormat], index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource: source,
      expr,
      legendFormat,
    })),
  };
}

function panels() {
  const made = [];
  let y = 0;
  for (const row of rows) {
    made.push({
      id: made.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    });
    y += 1;
    const width = 24 / row.panels.length;
    for (const [index, entry] of row.panels.entries()) {
      made.push(panel(made.length + 1, entry, { x: index * width, y, w: width, h: 8 }));
    }
    y += 8;
  }
  return made;
}

const query = (name, label, text, more) => ({
  name,
  label,
  type: 'query',
  datasource: source,
  query: text,
  definition: text,
  refresh: 2,
  ...more,
});

export function dashboard() {
  return {
    title: 'Albireo',
    uid: 'albireo',
    tags: ['albireo', 'openstack'],
    schemaVersion: 39,
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Source', type: 'datasource', query: 'prometheus' },
        query('namespace', 'Namespace', 'label_values(albireo_launcher_workers, namespace)'),
        query('pod', 'Pod', `label_values(albireo_launcher_workers{${scope}}, pod)`, {
          multi: true,
          includeAll: true,
          allValue: '.*',
        }),
      ],
    },
    panels: panels(),
  };
}
