import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { PipelineError, applyFilters, describePipeline, loadPipeline, matchMount } from './index.js';
import type { Factories, FilterFactory, LoadPipelineOptions } from './index.js';

describe('the grammar', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'albireo-paste-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const factories: Factories = {
    distribution: 'shop',
    filters: new Set(['a', 'b', 'c']),
    apps: new Set(['x', 'y']),
    aliases: { composites: new Map([['shop.auth:pipeline_factory', 'pipeline_by_auth_strategy']]) },
  };
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
  const filterA = '[filter:a]\nuse = egg:shop#a\n';
  const appX = '[app:x]\npaste.app_factory = egg:shop#x\n';

  it('replaces, sets and copies settings', () => {
    const pipeline = load(`
[DEFAULT]
root = /srv
data = %(root)s/data
shadowed = default
[app:main]
use = egg:shop#x
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
    writeFileSync(join(folder, 'other.ini'), '[filter:base]\nuse = egg:shop#b\none = 1\ntwo = 2\nhere_is = %(here)s\n');
    const { mounts } = load(`
[pipeline:main]
pipeline = b config:other.ini#base egg:shop#c x
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
      ['egg:shop#c', 'c', {}],
    ]);
  });

  it('wraps with filter-app and filter-with', () => {
    const { mounts } = load(`
[filter-app:main]
use = a
next = inner
level = 9
[app:inner]
use = egg:shop#x
filter-with = b
[filter:b]
use = egg:shop#b
filter-with = c
[filter:c]
use = egg:shop#c
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
use = egg:shop#urlmap
/one = y
/two/+ = wrapped
[pipeline:wrapped]
pipeline = a x
[app:y]
use = egg:shop#y
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
      `[composite:main]\nuse = egg:Paste#urlmap\nnot_found_app = x\n/y = y\n[app:y]\nuse = egg:shop#y\n${appX}`,
    );
    assert.deepEqual(describePipeline(pipeline), ['/y  y', '/   x']);
  });

  it('tells the place of each fault', () => {
    const main = '[pipeline:main]\n';
    const rows: [text: string, expected: RegExp][] = [
      ['[app:other]\nuse = egg:shop#x\n', /^PasteAppNotFound \/paste\.ini: could not load paste app 'main': .* other$/],
      [
        `${main}pipeline = a x\n${appX}`,
        /^PasteSectionNotFound \/paste\.ini:2: no filter "a": expected one of \[filter:a\]/,
      ],
      [`${main}pipeline = x\nextra = 1\n${appX}`, /^PasteSyntax \/paste\.ini:3: .* the setting "extra"/],
      [`${main}pipeline =\n`, /^PasteSyntax \/paste\.ini:2: the pipeline is empty/],
      [main, /^PasteSyntax \/paste\.ini:1: .* has no "pipeline/],
      ['[app:main]\nx = 1\n', /^PasteSyntax \/paste\.ini:1: \[app:main\] must have exactly one of use/],
      ['[app:main]\nuse = egg:shop#z\n', /^UnknownFactory \/paste\.ini:2: app "main": no factory "egg:shop#z".*x, y/],
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
      ['[app:main]\nuse = egg:shop#x\na = %(b)s\n', /^PasteSyntax \/paste\.ini:3: "a" refers to %\(b\)s/],
      ['[app:main]\nuse = egg:shop#x\na = 5%\n', /^PasteSyntax \/paste\.ini:3: "a" has a "%"/],
      ['[app:main]\nuse = egg:shop#x\na = %(b)s\nb = %(a)s\n', /^PasteSyntax \/paste\.ini:\d: ".*" replaces itself/],
      ['[app:main]\nuse = egg:shop#x\nget a = b\n', /^InvalidSetting \/paste\.ini:3: get a = b: nothing sets "b"/],
      [
        `${appX}[pipeline:x]\npipeline = x\n${main}pipeline = x\n`,
        /^PasteSyntax \/paste\.ini:3: \[pipeline:x\] is also \[app:x\] at line 1/,
      ],
      ['[composite:main]\nuse = egg:Paste#urlmap\nv2 = x\n', /^InvalidSetting \/paste\.ini:3: "v2" is no path/],
      ['[composite:main]\nuse = egg:Paste#urlmap\n/a = gone\n', /^PasteSectionNotFound \/paste\.ini:3: no app "gone"/],
      [
        '[app:main]\nuse = egg:shop#x\n[app:main]\n',
        /^PasteSyntax \/paste\.ini:3: section \[app:main\] is there twice, .* line 1/,
      ],
      ['[app:main]\na = 1\na = 2\n', /^PasteSyntax \/paste\.ini:3: "a" is there twice, first at line 2/],
      ['a = 1\n', /^PasteSyntax \/paste\.ini:1: expected a \[section\]/],
      ['[app:main]\nnonsense\n', /^PasteSyntax \/paste\.ini:2: expected "key = value"/],
    ];
    for (const [text, expected] of rows) assert.match(errorOf(text), expected, text);
    const strategies = '[composite:main]\nuse = call:shop.auth:pipeline_factory\nkeystone = x\n';
    assert.match(
      errorOf(strategies, { strategies: ['noauth2', 'noauth'] }),
      /^InvalidSetting .*:2: .* noauth2: found keystone/,
    );
  });

  it('applies filters to a host in order', async () => {
    const { mounts } = load(
      `[pipeline:main]\npipeline = a b x\n${filterA}[filter:b]\nuse = egg:shop#b\nk = v\n${appX}`,
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
