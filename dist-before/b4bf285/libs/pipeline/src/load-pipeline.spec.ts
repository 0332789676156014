import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PipelineError, applyFilters, describePipeline, knownFactories, loadPipeline, matchMount } from './index.js';
import type { FilterFactory, LoadPipelineOptions } from './index.js';
import { upstreamTargets } from './internal/upstream-factories.js';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const NOVA = fromRoot('libs/pipeline/test/fixtures/nova-api-paste.ini');
const NEUTRON = fromRoot('libs/pipeline/test/fixtures/neutron-api-paste.ini');
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
    const load = (authStrategy: 'local' | 'noauth2') =>
      describePipeline(loadPipeline({ file: NEUTRON, app: ['network', 'neutron'], authStrategy }));
    const rows = (lines: string[]): string[] => lines.map((line) => line.replace(/ +/, ' '));
    assert.deepEqual(rows(load('local')), [
      ...rows(head),
      '/v2.0 cors http_proxy_to_wsgi request_id catch_errors osprofiler authtoken keystonecontext extensions neutronapiapp_v2_0',
      ...rows(tail),
    ]);
    assert.deepEqual(rows(load('noauth2')), [
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
      for (const name of upstreamTargets[kind]) assert.ok(knownFactories[kind].has(name), name);
    }
  });
});

describe('our own file', () => {
  const load = (app: string) => describePipeline(loadPipeline({ file: OURS, app, authStrategy: 'local' }));

  it('has every API', () => {
    const head = 'cors http_proxy_to_wsgi request_id catch_errors request_log';
    const compute = 'cors http_proxy_to_wsgi compute_req_id faultwrap request_log';
    assert.deepEqual(load('identity'), [
      `/v3/auth/tokens  ${head} sizelimit identityapp`,
      '/healthcheck     healthcheck',
      `/v3/+            ${head} sizelimit authtoken keystonecontext identityapp`,
      `/v3              ${head} identityversionsapp`,
      `/                ${head} identityversionsapp`,
    ]);
    assert.deepEqual(load('osapi_compute'), [
      '/healthcheck  healthcheck',
      `/v2.1/+       ${compute} sizelimit authtoken keystonecontext osapi_compute_app_v21`,
      `/v2.1         ${compute} oscomputeversionapp_v21`,
      `/             ${compute} oscomputeversionapp`,
    ]);
    assert.deepEqual(load('metadata'), ['/healthcheck  healthcheck', `/             ${compute} sizelimit metaapp`]);
    assert.deepEqual(load('image'), [
      '/healthcheck  healthcheck',
      `/v2           ${head} sizelimit authtoken keystonecontext imageapp`,
      `/             ${head} imageversionsapp`,
    ]);
    assert.deepEqual(load('network'), [
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

describe('the grammar', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'albireo-paste-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const factories = { filters: new Set(['a', 'b', 'c']), apps: new Set(['x', 'y']) };
  const load = (text: string, more: Partial<LoadPipelineOptions> = {}) => {
    const file = join(folder, 'paste.ini');
    writeFileSync(file, text);
    return loadPipeline({ file, app: 'main', factories, ...more });
  };
  const errorOf = (text: string, more: Partial<LoadPipelineOptions> = {}): string => {
    try {
      return describePipeline(load(text, more)).join();
    } catch (error) {
      assert.ok(error instanceof PipelineError, String(error));
      return `${error.code} ${error.message.replaceAll(folder, '')}`;
    }
  };
  const filterA = '[filter:a]\nuse = egg:albireo#a\n';
  const appX = '[app:x]\npaste.app_factory = egg:albireo#x\n';

  it('replaces, sets and copies settings', () => {
    const pipeline = load(`
[DEFAULT]
root = /srv
data = %(root)s/data
shadowed = default
[app:main]
use = egg:albireo#x
file = %(here)s/x.conf
percent = 100%%
Case = %(data)s
shadowed = local
set root = /other
get copy = data
list = one
  two
  # a comment inside

  three
; another comment
require = python-package
`);
    const app = pipeline.mounts[0]!.app!;
    assert.deepEqual(app.settings, {
      file: `${folder}/x.conf`,
      percent: '100%',
      Case: '/srv/data',
      copy: '/srv/data',
      list: 'one\ntwo\n\nthree',
    });
    assert.deepEqual(app.globals, {
      here: folder,
      __file__: join(folder, 'paste.ini'),
      root: '/other',
      data: '/srv/data',
      shadowed: 'default',
    });
    assert.deepEqual(app.origin, { file: join(folder, 'paste.ini'), line: 7 });
  });

  it('lets a section use another one, in this file or in another', () => {
    writeFileSync(
      join(folder, 'other.ini'),
      '[filter:base]\nuse = egg:albireo#b\none = 1\ntwo = 2\nhere_is = %(here)s\n',
    );
    const { mounts } = load(`
[pipeline:main]
pipeline = b config:other.ini#base egg:albireo#c x
[filter:b]
use = middle
two = II
[filter:middle]
use = config:other.ini#base
three = 3
${appX}`);
    const components = mounts[0]!.filters.map(({ name, factory, settings }) => [name, factory, settings]);
    assert.deepEqual(components, [
      ['b', 'b', { one: '1', two: 'II', three: '3', here_is: folder }],
      ['base', 'b', { one: '1', two: '2', here_is: folder }],
      ['egg:albireo#c', 'c', {}],
    ]);
  });

  it('wraps with filter-app and filter-with', () => {
    const { mounts } = load(`
[filter-app:main]
use = a
next = inner
level = 9
[app:inner]
use = egg:albireo#x
filter-with = b
[filter:b]
use = egg:albireo#b
filter-with = c
[filter:c]
use = egg:albireo#c
${filterA}`);
    assert.deepEqual(
      mounts[0]!.filters.map(({ name }) => name),
      ['main', 'c', 'b'],
    );
    assert.deepEqual(mounts[0]!.filters[0]!.settings, { level: '9' });
  });

  it('nests maps: filters outside go first, and a path that the inner map has not is its 404', () => {
    const pipeline = load(`
[pipeline:main]
pipeline = a outer
[composite:outer]
use = egg:Paste#urlmap
/ = x
/in = inner
[composite:inner]
use = egg:albireo#urlmap
/one = y
/two/+ = wrapped
[pipeline:wrapped]
pipeline = a x
[app:y]
use = egg:albireo#y
${filterA}${appX}`);
    assert.deepEqual(describePipeline(pipeline), [
      '/in/two/+  a a x',
      '/in/one    a y',
      '/in        a (404)',
      '/          a x',
    ]);
    assert.equal(matchMount(pipeline, '/in/else')?.mount.app, undefined);
    assert.equal(matchMount(pipeline, '/inner')?.mount.app?.name, 'x');
    assert.equal(matchMount(pipeline, '/in/two/')?.mount.app, undefined);
  });

  it('has an app for what no prefix takes', () => {
    const pipeline = load(
      `[composite:main]\nuse = egg:Paste#urlmap\nnot_found_app = x\n/y = y\n[app:y]\nuse = egg:albireo#y\n${appX}`,
    );
    assert.deepEqual(describePipeline(pipeline), ['/y  y', '/   x']);
  });

  it('tells the place of each fault', () => {
    const main = '[pipeline:main]\n';
    const rows: [text: string, expected: RegExp][] = [
      [
        '[app:other]\nuse = egg:albireo#x\n',
        /^PasteAppNotFound \/paste\.ini: could not load paste app 'main': .* other$/,
      ],
      [
        `${main}pipeline = a x\n${appX}`,
        /^PasteSectionNotFound \/paste\.ini:2: no filter "a": expected one of \[filter:a\]/,
      ],
      [`${main}pipeline = x\nextra = 1\n${appX}`, /^PasteSyntax \/paste\.ini:3: .* the setting "extra"/],
      [`${main}pipeline =\n`, /^PasteSyntax \/paste\.ini:2: the pipeline is empty/],
      [main, /^PasteSyntax \/paste\.ini:1: .* has no "pipeline/],
      ['[app:main]\nx = 1\n', /^PasteSyntax \/paste\.ini:1: \[app:main\] must have exactly one of use/],
      [
        '[app:main]\nuse = egg:albireo#z\n',
        /^UnknownFactory \/paste\.ini:2: app "main": no factory "egg:albireo#z".*x, y/,
      ],
      ['[app:main]\nuse = call:os:system\n', /^UnknownFactory \/paste\.ini:2: .* "os:system"/],
      ['[app:main]\nuse = http:x\n', /^PasteSyntax \/paste\.ini:2: "http:x": expected egg:/],
      ['[app:main]\nuse = main\n', /^PasteCycle \/paste\.ini:2: \[app:main\] -> \[app:main\] goes round/],
      [
        `${main}pipeline = p\n[pipeline:p]\npipeline = main\n`,
        /^PasteCycle \/paste\.ini:4: \[pipeline:main\] -> \[pipeline:p\]/,
      ],
      [
        `${main}pipeline = f x\n[filter:f]\nuse = g\n[filter:g]\nuse = f\n`,
        /^PasteCycle \/paste\.ini:6: \[filter:f\] -> \[filter:g\]/,
      ],
      ['[app:main]\nuse = config:none.ini#x\n', /^PasteFileUnreadable \/none\.ini: cannot be read: ENOENT/],
      ['[app:main]\nuse = egg:albireo#x\na = %(b)s\n', /^PasteSyntax \/paste\.ini:3: "a" refers to %\(b\)s/],
      ['[app:main]\nuse = egg:albireo#x\na = 5%\n', /^PasteSyntax \/paste\.ini:3: "a" has a "%"/],
      ['[app:main]\nuse = egg:albireo#x\na = %(b)s\nb = %(a)s\n', /^PasteSyntax \/paste\.ini:\d: ".*" replaces itself/],
      ['[app:main]\nuse = egg:albireo#x\nget a = b\n', /^InvalidSetting \/paste\.ini:3: get a = b: nothing sets "b"/],
      [
        `${appX}[pipeline:x]\npipeline = x\n${main}pipeline = x\n`,
        /^PasteSyntax \/paste\.ini:3: \[pipeline:x\] is also \[app:x\] at line 1/,
      ],
      ['[composite:main]\nuse = egg:Paste#urlmap\nv2 = x\n', /^InvalidSetting \/paste\.ini:3: "v2" is no path/],
      ['[composite:main]\nuse = egg:Paste#urlmap\n/a = gone\n', /^PasteSectionNotFound \/paste\.ini:3: no app "gone"/],
      [
        '[app:main]\nuse = egg:albireo#x\n[app:main]\n',
        /^PasteSyntax \/paste\.ini:3: section \[app:main\] is there twice, .* line 1/,
      ],
      ['[app:main]\na = 1\na = 2\n', /^PasteSyntax \/paste\.ini:3: "a" is there twice, first at line 2/],
      ['a = 1\n', /^PasteSyntax \/paste\.ini:1: expected a \[section\]/],
      ['[app:main]\nnonsense\n', /^PasteSyntax \/paste\.ini:2: expected "key = value"/],
    ];
    for (const [text, expected] of rows) assert.match(errorOf(text), expected, text);
    const strategies = '[composite:main]\nuse = call:neutron.auth:pipeline_factory\nkeystone = x\n';
    assert.match(errorOf(strategies, { authStrategy: 'noauth2' }), /^InvalidSetting .*:2: .* noauth2: found keystone/);
  });

  it('applies filters to a host in order', async () => {
    const { mounts } = load(
      `[pipeline:main]\npipeline = a b x\n${filterA}[filter:b]\nuse = egg:albireo#b\nk = v\n${appX}`,
    );
    const host: string[] = [];
    const made: FilterFactory<string[]> = async (list, settings) => {
      await Promise.resolve();
      list.push(JSON.stringify(settings));
    };
    await applyFilters(
      host,
      mounts[0]!.filters,
      new Map([
        ['a', made],
        ['b', made],
      ]),
    );
    assert.deepEqual(host, ['{}', '{"k":"v"}']);
    await assert.rejects(applyFilters(host, mounts[0]!.filters, new Map()), /paste\.ini:4: no factory "a"/);
  });
});
