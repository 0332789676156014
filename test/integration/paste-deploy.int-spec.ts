// The real PasteDeploy judges ours: the same mounts, filters, settings and globals from the same files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findFactory, loadPipeline } from '#libs/pipeline';
import type { Component, Factories } from '#libs/pipeline';
import { knownFactories } from '../../apps/gateway/src/edge/pipeline/known-factories.js';
import { Random } from '../fuzz/random.js';
import { STRATEGY_KEYS } from '../../apps/gateway/src/edge/pipeline/load-mounts.js';

type AuthStrategy = keyof typeof STRATEGY_KEYS;

type Note = [reference: string, local: Record<string, string>, globals: Record<string, string>];
type FlatMount = [prefix: string, filters: Note[], app: Note | null];

const PYTHON = '/usr/bin/python3';
const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const FILES = 200;

const generator = new Random(961);
const random = (): number => generator.below(2 ** 32) / 2 ** 32;
const pick = <T>(items: readonly T[]): T => generator.pick(items);
const chance = (share: number): boolean => random() < share;
const generated: Factories = { ...knownFactories, filters: new Set(['a', 'b', 'c']), apps: new Set(['x', 'y', 'z']) };

function settings(): string[] {
  const rows = [
    'plain = value',
    'where: %(here)s/file',
    'Percent = 5%%',
    'mixed = %(base)s and %(plain)s\nplain = v',
    'list = one\n    two\n    # not this\n\n    three',
    'set base = changed',
    'set extra = %(base)s more',
    'get copy = base',
    'base = shadowed',
  ];
  const chosen = rows.filter(() => chance(0.25));
  return chosen.some((row) => row.startsWith('mixed')) ? chosen.filter((row) => row !== rows[0]) : chosen;
}

/** Sections refer only to ones with a smaller number, so there are no rings. */
function makeFile(): string {
  const sections = ['[DEFAULT]\nbase = /srv\nother = %(base)s/other'];
  const filters: string[] = [];
  const apps: string[] = [];
  const add = (type: string, name: string, lines: readonly string[]): void => {
    sections.push([`[${type}:${name}]`, ...lines].join('\n'));
  };
  for (let index = 0; index < 5; index += 1) {
    const reference = `egg:albireo#${pick(['a', 'b', 'c'])}`;
    const kind = pick(filters.length === 0 ? ['use'] : ['use', 'explicit', 'section', 'section']);
    const factory = kind === 'explicit' ? `paste.filter_factory = ${reference}` : `use = ${reference}`;
    add('filter', `f${index}`, [kind === 'section' ? `use = ${pick(filters)}` : factory, ...settings()]);
    filters.push(`f${index}`);
  }
  const someFilters = (): string => filters.filter(() => chance(0.4)).join(chance(0.3) ? '\n    ' : ' ');
  for (let index = 0; index < 8; index += 1) {
    const name = index === 7 ? 'main' : `app${index}`;
    const kind =
      index < 2 ? 'app' : pick(['app', 'pipeline', 'pipeline', 'urlmap', 'urlmap', 'filter-app', 'strategy']);
    const inner = (): string => pick(apps);
    // PasteDeploy cannot put filter-with around a pipeline: its wrapper is then never called.
    const around = chance(0.2) ? [`filter-with = ${pick(filters)}`] : [];
    if (kind === 'app') add('app', name, [`use = egg:albireo#${pick(['x', 'y', 'z'])}`, ...settings(), ...around]);
    if (kind === 'pipeline') add('pipeline', name, [`pipeline = ${someFilters()} ${inner()}`]);
    if (kind === 'filter-app') add('filter-app', name, [`use = ${pick(filters)}`, `next = ${inner()}`, ...settings()]);
    if (kind === 'strategy') {
      const lists = [`keystone = ${someFilters()} ${inner()}`, `noauth2 = ${someFilters()} ${inner()}`];
      add('composite', name, ['use = call:nova.api.auth:pipeline_factory', ...lists]);
    }
    if (kind === 'urlmap') {
      const paths = ['/', '/one', '/one/two/', '/three'].filter((path) => path === '/one' || chance(0.5));
      const missing = chance(0.2) ? [`not_found_app = ${inner()}`] : [];
      add('composite', name, ['use = egg:Paste#urlmap', ...paths.map((path) => `${path}: ${inner()}`), ...missing]);
    }
    apps.push(name);
  }
  return `${sections.join('\n\n')}\n`;
}

/** Debian's nova-common and neutron-common; unpacked below ALBIREO_TEST_DEBIAN_ROOT where they are not installed. */
const packaged = ['nova', 'neutron'].map((name) =>
  join(process.env['ALBIREO_TEST_DEBIAN_ROOT'] ?? '/', `usr/share/${name}-common/api-paste.ini`),
);
const absent = packaged.filter((file) => !existsSync(file));
const missingFiles =
  absent.length > 0 && process.env['ALBIREO_REQUIRE_PEERS'] !== '1' ? `needs ${absent.join(', ')}` : false;

const probe = spawnSync(PYTHON, ['-c', 'import paste.deploy'], { encoding: 'utf8' });
const missing = probe.status === 0 ? undefined : `${PYTHON} with paste.deploy is not installed (python3-pastedeploy)`;
const skip = missing !== undefined && process.env['ALBIREO_REQUIRE_PEERS'] !== '1' ? missing : false;

describe('pipelines beside PasteDeploy', { skip }, () => {
  let folder = '';
  before(() => {
    assert.equal(missing, undefined);
    folder = mkdtempSync(join(tmpdir(), 'albireo-paste-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function judge(questions: readonly [path: string, app: string, strategies: string[]][]): (FlatMount[] | string)[] {
    const judgePath = fromRoot('test/integration/paste_judge.py');
    const input = JSON.stringify(questions);
    const result = spawnSync(PYTHON, [judgePath], { input, encoding: 'utf8', maxBuffer: 1 << 26, timeout: 120_000 });
    assert.equal(result.status, 0, result.stderr);
    return JSON.parse(result.stdout);
  }

  function compare(file: string, app: string, authStrategy: AuthStrategy, expected: FlatMount[] | string): void {
    assert.ok(typeof expected !== 'string', JSON.stringify([file, expected]));
    const factories = file.startsWith(folder) ? generated : knownFactories;
    const { mounts } = loadPipeline({ file, app, factories, strategies: STRATEGY_KEYS[authStrategy] });
    const ours = mounts.map((mount) => [
      mount.prefix + (mount.needsMore ? '/+' : ''),
      mount.filters.map(noteOf),
      mount.app === undefined ? null : noteOf(mount.app),
    ]);
    const theirs = expected.map(([prefix, filters, made]) => [
      prefix,
      filters.map((note) => translate('filter', note, factories)),
      made === null ? null : translate('app', made, factories),
    ]);
    const byPrefix = (a: unknown[], b: unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);
    assert.deepEqual(ours.toSorted(byPrefix), theirs.toSorted(byPrefix), file);
  }

  const noteOf = ({ factory, settings: local, globals }: Component): Note => [factory, local, globals];
  const translate = (kind: 'filter' | 'app', [reference, local, globals]: Note, known: Factories): Note => [
    findFactory(kind, reference, known) ?? reference,
    local,
    globals,
  ];

  const rowsOf = (nova: string, neutron: string): [string, string, string[], AuthStrategy][] => [
    [nova, 'metadata', ['keystone'], 'keystone'],
    [nova, 'osapi_compute', ['keystone'], 'local'],
    [nova, 'osapi_compute', ['noauth2'], 'noauth2'],
    [neutron, 'neutron', ['keystone'], 'keystone'],
    [neutron, 'neutron', ['noauth'], 'noauth2'],
  ];

  it('upstream files and ours', () => {
    const nova = fromRoot('test/support/paste/nova-api-paste.ini');
    const neutron = fromRoot('test/support/paste/neutron-api-paste.ini');
    const ours = fromRoot('etc/api-paste.ini');
    const rows: [string, string, string[], AuthStrategy][] = [
      ...rowsOf(nova, neutron),
      ...['identity', 'osapi_compute', 'metadata', 'image', 'network'].map(
        (app): [string, string, string[], AuthStrategy] => [ours, app, ['keystone'], 'keystone'],
      ),
    ];
    const answers = judge(rows.map(([file, app, keys]) => [file, app, keys]));
    for (const [index, [file, app, , strategy]] of rows.entries()) compare(file, app, strategy, answers[index]!);
  });

  it("nova's and neutron's own files, as Debian ships them", { skip: missingFiles }, () => {
    assert.equal(
      packaged.find((file) => !existsSync(file)),
      undefined,
    );
    const [nova = '', neutron = ''] = packaged;
    const rows = rowsOf(nova, neutron);
    const answers = judge(rows.map(([file, app, keys]) => [file, app, keys]));
    for (const [index, [file, app, , strategy]] of rows.entries()) compare(file, app, strategy, answers[index]!);
    const order = (app: string, prefix: string): string | undefined => {
      const { mounts } = loadPipeline({
        file: app === 'neutron' ? neutron : nova,
        app,
        factories: knownFactories,
        strategies: STRATEGY_KEYS.keystone,
      });
      const mount = mounts.find((one) => one.prefix === prefix && one.app?.name.includes('app') === true);
      return [...(mount?.filters ?? []), ...(mount?.app ? [mount.app] : [])].map(({ name }) => name).join(' ');
    };
    assert.equal(
      order('osapi_compute', '/v2.1'),
      'healthcheck cors http_proxy_to_wsgi compute_req_id faultwrap request_log sizelimit osprofiler authtoken ' +
        'keystonecontext osapi_compute_app_v21',
    );
    assert.equal(
      order('neutron', '/v2.0'),
      'cors http_proxy_to_wsgi request_id catch_errors osprofiler authtoken keystonecontext extensions ' +
        'neutronapiapp_v2_0',
    );
  });

  it(`${FILES} generated files`, (context) => {
    const files = Array.from({ length: FILES }, (_, index) => {
      const file = join(folder, `${index}.ini`);
      writeFileSync(file, makeFile());
      return file;
    });
    const answers = judge(files.map((file) => [file, 'main', ['noauth2', 'noauth']]));
    for (const [index, file] of files.entries()) compare(file, 'main', 'noauth2', answers[index]!);
    context.diagnostic(`mounts compared: ${answers.flat().length}`);
  });
});
