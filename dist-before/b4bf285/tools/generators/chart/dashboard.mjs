// The Grafana dashboard: one row a subject, one panel a question.

const scope = 'namespace="$namespace"';
const byPod = `${scope},pod=~"$pod"`;

const rows = [
  {
    title: 'HTTP',
    panels: [
      [
        'Requests by API',
        'reqps',
        [[`sum by (api) (rate(albireo_http_request_seconds_count{${byPod}}[$__rate_interval]))`, '{{api}}']],
      ],
      [
        'Answers of 5xx, by route',
        'reqps',
        [
          [
            `sum by (api, route, status) (rate(albireo_http_request_seconds_count{${byPod},status=~"5.."}[$__rate_interval]))`,
            '{{api}} {{route}} {{status}}',
          ],
        ],
      ],
      [
        'Time of requests, 99 %',
        's',
        [
          [
            `histogram_quantile(0.99, sum by (le, api) (rate(albireo_http_request_seconds_bucket{${byPod}}[$__rate_interval])))`,
            '{{api}}',
          ],
        ],
      ],
      [
        'Requests in flight',
        'short',
        [[`sum by (service) (albireo_http_requests_in_flight{${byPod}})`, '{{service}}']],
      ],
    ],
  },
  {
    title: 'Servers',
    panels: [
      ['Servers by state', 'short', [[`max by (vm_state) (albireo_servers{${scope}})`, '{{vm_state}}']]],
      [
        'Oldest task, oldest cast in the outbox',
        's',
        [
          [`max(albireo_server_task_oldest_seconds{${scope}})`, 'task'],
          [`max(albireo_outbox_oldest_seconds{${scope}})`, 'outbox'],
        ],
      ],
      [
        'Messages that wait',
        'short',
        [
          [`max by (queue) (albireo_rpc_queue_messages{${scope}})`, '{{queue}}'],
          [`max(albireo_outbox_messages{${scope}})`, 'outbox'],
        ],
      ],
      [
        'Age of messages when they are run, 99 %',
        's',
        [
          [
            `histogram_quantile(0.99, sum by (le, topic) (rate(albireo_rpc_queue_wait_seconds_bucket{${byPod}}[$__rate_interval])))`,
            '{{topic}}',
          ],
        ],
      ],
    ],
  },
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
        'Requests that failed, by error',
        'reqps',
        [
          [
            `sum by (topic, method, code) (rate(albireo_rpc_server_errors_total{${byPod}}[$__rate_interval]))`,
            '{{topic}}.{{method}} {{code}}',
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
        'In flight: calls that wait, requests that run',
        'short',
        [
          [`sum by (topic) (albireo_rpc_client_calls_in_flight{${byPod}})`, '{{topic}} waits'],
          [`sum by (topic) (albireo_rpc_server_requests_in_flight{${byPod}})`, '{{topic}} runs'],
        ],
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
        'Redelivered, put aside, unroutable, late',
        'short',
        [
          [
            `sum by (topic) (increase(albireo_rpc_requests_redelivered_total{${byPod}}[$__rate_interval]))`,
            'redelivered {{topic}}',
          ],
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
      [
        'Notifications',
        'short',
        [
          [
            `sum by (topic, outcome) (increase(albireo_notifications_total{${byPod}}[$__rate_interval]))`,
            '{{topic}} {{outcome}}',
          ],
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
      ['Delay of event loops, 99 %', 's', [[`max by (pod) (nodejs_eventloop_lag_p99_seconds{${byPod}})`, '{{pod}}']]],
      ['Database connections', 'short', [[`sum by (state) (albireo_db_connections{${byPod}})`, '{{state}}']]],
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
