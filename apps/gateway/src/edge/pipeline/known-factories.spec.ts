import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describePipeline, loadPipeline as load, matchMount } from '#libs/pipeline';
import type { LoadPipelineOptions, Pipeline } from '#libs/pipeline';
import { knownFactories } from './known-factories.js';
import { STRATEGY_KEYS } from './load-mounts.js';

interface Wanted extends Pick<LoadPipelineOptions, 'file' | 'app'> {
  readonly authStrategy?: keyof typeof STRATEGY_KEYS;
}

const loadPipeline = ({ authStrategy = 'keystone', ...wanted }: Wanted): Pipeline =>
  load({ ...wanted, factories: knownFactories, strategies: STRATEGY_KEYS[authStrategy] });
const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../../../../${path}`, import.meta.url));
const NOVA = fromRoot('test/support/paste/nova-api-paste.ini');
const NEUTRON = fromRoot('test/support/paste/neutron-api-paste.ini');
const OURS = fromRoot('etc/api-paste.ini');

describe('the files of nova and neutron', () => {
  const before = 'healthcheck cors http_proxy_to_wsgi compute_req_id faultwrap request_log sizelimit osprofiler';
  const versions = [
    '/v2.1    cors compute_req_id faultwrap request_log http_proxy_to_wsgi oscomputeversionapp_v2',
    '/v2      cors compute_req_id faultwrap request_log http_proxy_to_wsgi legacy_v2_compatible oscomputeversionapp_v2',
    '/        cors faultwrap request_log http_proxy_to_wsgi oscomputeversionapp',
  ];

  it('osapi_compute with keystone', () => {
    assert.deepEqual(describePipeline(loadPipeline({ file: NOVA, app: 'osapi_compute' })), [
      `/v2.1/+  ${before} authtoken keystonecontext osapi_compute_app_v21`,
      versions[0],
      `/v2/+    ${before} authtoken keystonecontext legacy_v2_compatible osapi_compute_app_v21`,
      ...versions.slice(1),
    ]);
  });

  it('osapi_compute with noauth2', () => {
    assert.deepEqual(describePipeline(loadPipeline({ file: NOVA, app: 'osapi_compute', authStrategy: 'noauth2' })), [
      `/v2.1/+  ${before} noauth2 osapi_compute_app_v21`,
      versions[0],
      `/v2/+    ${before} noauth2 legacy_v2_compatible osapi_compute_app_v21`,
      ...versions.slice(1),
    ]);
  });

  it('metadata', () => {
    assert.deepEqual(describePipeline(loadPipeline({ file: NOVA, app: 'metadata' })), [
      '/  healthcheck cors http_proxy_to_wsgi metaapp',
    ]);
  });

  it('neutron with tokens and without, under either of its names', () => {
    const tail = ['/          cors http_proxy_to_wsgi neutronversions'];
    const head = ['/healthcheck  healthcheck'];
    const rowsOf = (authStrategy: 'local' | 'noauth2') =>
      describePipeline(loadPipeline({ file: NEUTRON, app: ['network', 'neutron'], authStrategy }));
    const rows = (lines: string[]): string[] => lines.map((line) => line.replace(/ +/, ' '));
    assert.deepEqual(rows(rowsOf('local')), [
      ...rows(head),
      '/v2.0 cors http_proxy_to_wsgi request_id catch_errors osprofiler authtoken keystonecontext extensions neutronapiapp_v2_0',
      ...rows(tail),
    ]);
    assert.deepEqual(rows(rowsOf('noauth2')), [
      ...rows(head),
      '/v2.0 cors http_proxy_to_wsgi request_id fake_project_id catch_errors osprofiler extensions neutronapiapp_v2_0',
      ...rows(tail),
    ]);
  });

  it('lead to factories of ours, with the settings of each section', () => {
    const { mounts } = loadPipeline({ file: NOVA, app: 'osapi_compute' });
    assert.deepEqual(
      mounts.map((mount) => mount.app?.factory),
      ['compute', 'compute_version_v21', 'compute', 'compute_version_v21', 'compute_versions'],
    );
    const [health, cors] = mounts[0]!.filters;
    assert.deepEqual(health!.settings, {
      backends: 'disable_by_file',
      disable_by_file_path: '/etc/nova/healthcheck_disable',
    });
    assert.deepEqual(cors!.settings, { oslo_config_project: 'nova' });
    for (const kind of ['filters', 'apps'] as const) {
      for (const name of knownFactories.aliases[kind].values()) assert.ok(knownFactories[kind].has(name), name);
    }
  });
});

describe('our own file', () => {
  const rowsOf = (app: string) => describePipeline(loadPipeline({ file: OURS, app, authStrategy: 'local' }));

  it('has every API', () => {
    const head = 'cors http_proxy_to_wsgi request_id catch_errors request_log';
    const compute = 'cors http_proxy_to_wsgi compute_req_id faultwrap request_log';
    assert.deepEqual(rowsOf('identity'), [
      `/v3/auth/tokens  ${head} sizelimit identityapp`,
      '/healthcheck     healthcheck',
      `/v3/+            ${head} sizelimit authtoken keystonecontext identityapp`,
      `/v3              ${head} identityversionsapp`,
      `/                ${head} identityversionsapp`,
    ]);
    assert.deepEqual(rowsOf('osapi_compute'), [
      '/healthcheck  healthcheck',
      `/v2.1/+       ${compute} sizelimit authtoken keystonecontext osapi_compute_app_v21`,
      `/v2.1         ${compute} oscomputeversionapp_v21`,
      `/             ${compute} oscomputeversionapp`,
    ]);
    assert.deepEqual(rowsOf('metadata'), ['/healthcheck  healthcheck', `/             ${compute} sizelimit metaapp`]);
    assert.deepEqual(rowsOf('image'), [
      '/healthcheck  healthcheck',
      `/v2           ${head} sizelimit authtoken keystonecontext imageapp`,
      `/             ${head} imageversionsapp`,
    ]);
    assert.deepEqual(rowsOf('network'), [
      '/healthcheck  healthcheck',
      `/v2.0         ${head} sizelimit authtoken keystonecontext networkapp_v2_0`,
      `/             ${head} networkversionsapp`,
    ]);
  });

  it('makes an optional token a setting of the same filter', () => {
    const folder = mkdtempSync(join(tmpdir(), 'albireo-pipeline-'));
    try {
      const file = join(folder, 'api-paste.ini');
      const optional = '[filter:optional]\nuse = egg:albireo#authtoken\ndelay_auth_decision = true\n';
      const rest = '[pipeline:identity]\npipeline = optional app\n[app:app]\nuse = egg:albireo#identity\n';
      writeFileSync(file, optional + rest);
      const [filter] = loadPipeline({ file, app: 'identity' }).mounts[0]!.filters;
      assert.equal(filter?.factory, 'authtoken');
      assert.deepEqual(filter?.settings, { delay_auth_decision: 'true' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('serves each path by the right mount', () => {
    const pipeline = loadPipeline({ file: OURS, app: 'osapi_compute' });
    const find = (path: string) => {
      const match = matchMount(pipeline, path);
      return match && [match.mount.app?.name, match.scriptName, match.pathInfo];
    };
    assert.deepEqual(find('/'), ['oscomputeversionapp', '', '/']);
    assert.deepEqual(find('/v2.1'), ['oscomputeversionapp_v21', '/v2.1', '']);
    assert.deepEqual(find('/v2.1/'), ['oscomputeversionapp_v21', '/v2.1', '/']);
    assert.deepEqual(find('//v2.1//servers'), ['osapi_compute_app_v21', '/v2.1', '/servers']);
    assert.deepEqual(find('/v2.10/servers'), ['oscomputeversionapp', '', '/v2.10/servers']);
  });
});
