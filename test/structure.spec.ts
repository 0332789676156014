import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sources(): Source[] {
  const found: Source[] = [];
  for (const folder of ['apps', 'libs', 'test', 'bench']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const file = `${folder}/${name}`;
      const text = readFileSync(join(root, file), 'utf8');
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
      found.push({ file, text, imports });
    }
  }
  return found;
}

/** The folder of an import of ours: `libs/config`, `apps/worker` …, undefined for a package. */
function target(source: Source, specifier: string): string | undefined {
  if (specifier.startsWith('#libs/')) return `libs/${specifier.split('/')[1]}`;
  if (!specifier.startsWith('.')) return undefined;
  return normalize(join(dirname(source.file), specifier))
    .split('/')
    .slice(0, 2)
    .join('/');
}

const all = sources();
const home = (source: Source): string => source.file.split('/').slice(0, 2).join('/');

describe('the structure of the house', () => {
  it('a library never imports an app, and the two apps never import each other', () => {
    const forbidden: [RegExp, RegExp][] = [
      [/^libs\//, /^apps\//],
      [/^apps\/gateway$/, /^apps\/(worker|server|manage|cloud)$/],
      [/^apps\/worker$/, /^apps\/(gateway|server|manage|cloud)$/],
      [/^libs\/config$/, /^libs\/(?!config$)/],
      [/^libs\/telemetry$/, /^libs\/(?!(telemetry|config)$)/],
      [/^libs\/(launcher|messaging|pipeline|policy)$/, /^libs\/contracts$/],
      // Every process reads it: the code of the libraries whose options it names is not for it.
      [/^libs\/options$/, /^libs\/(contracts|imagestore|metadata|simulation)$/],
    ];
    const faults = all.flatMap((source) =>
      source.imports
        .map((specifier) => target(source, specifier))
        .filter((to) => to !== undefined && forbidden.some(([from, into]) => from.test(home(source)) && into.test(to)))
        .map((to) => `${source.file} imports ${String(to)}`),
    );
    assert.deepEqual(faults, []);
  });

  it('what others can install knows nothing of the product', () => {
    const installable = /^libs\/(config|launcher|messaging|pipeline|policy|telemetry)$/;
    const faults = all
      .filter((source) => installable.test(home(source)) && source.file.includes('/src/'))
      .flatMap((source) =>
        source.imports
          .filter((specifier) => /^(libs|apps)\//.test(target(source, specifier) ?? ''))
          .filter((specifier) => !installable.test(target(source, specifier) ?? ''))
          .map((specifier) => `${source.file} imports ${specifier}`),
      );
    assert.deepEqual(faults, []);
  });

  it('a library is entered by its index alone', () => {
    const faults = all.flatMap((source) =>
      source.imports
        .filter((specifier) => {
          const to = target(source, specifier);
          const isFixture = /\/libs\/[a-z]+\/test\//.test(specifier);
          return specifier.startsWith('.') && to?.startsWith('libs/') === true && to !== home(source) && !isFixture;
        })
        .map((specifier) => `${source.file} reaches into ${specifier}`),
    );
    assert.deepEqual(faults, []);
  });

  it('the gateway knows no database', () => {
    const faults = all.filter((source) => home(source) === 'apps/gateway');
    for (const source of faults) {
      assert.ok(!source.imports.some((name) => /^(kysely|pg|@electric-sql)/.test(name)), source.file);
    }
  });

  it('options alone tell a program what to do: nothing else reads variables or arguments of the process', () => {
    const allowed = new Map([
      ['libs/config/src/run-main.ts', 'hands both to the sources of the options'],
      ['apps/cloud/src/main.ts', 'the commands of a cloud, which commander parses'],
      ['apps/manage/src/main.ts', 'the command, which commander parses'],
      ['apps/manage/src/global-options.ts', 'hands the variables to the options'],
      ['apps/manage/src/config/run-inspection.ts', 'the same, without starting anything'],
      ['apps/manage/src/bootstrap.command.ts', "the variables of keystone's bootstrap, OS_BOOTSTRAP_*"],
      ['apps/manage/src/setup.command.ts', 'the password that is put into the file that holds it from then on'],
      ['apps/worker/src/fabric/kernel/relay.ts', 'the address and port of a guest, from who starts it'],
      ['libs/launcher/src/inspect/notify-ready.ts', "systemd's NOTIFY_SOCKET"],
      ['libs/launcher/src/inspect/process-title.ts', 'the titles of workers repeat the command line'],
    ]);
    const readers = all
      .filter(({ file }) => /^(apps|libs)\/[a-z]+\/src\/(?!.*\.spec\.ts$|testing\/)/.test(file))
      .filter(({ text, imports }) => {
        return (
          /\bprocess\s*(\.|\?\.|\[')\s*(env|argv)\b|\b(env|argv)\b[^=;]*\} = process\b/.test(text) ||
          imports.some((name) => /^(node:)?process$|^node:util\/parseArgs$/.test(name))
        );
      });
    assert.deepEqual(readers.map(({ file }) => file).toSorted(), [...allowed.keys()].toSorted());
  });

  it('the documents name only files that are there', () => {
    for (const document of ['docs/architecture.md', 'CONTRIBUTING.md']) {
      const text = readFileSync(join(root, document), 'utf8');
      const named = [...text.matchAll(/`((?:apps|libs|test|tools|docs)\/[\w./-]+)`/g)].map((match) => match[1] ?? '');
      assert.ok(named.length > 5, document);
      assert.deepEqual(
        named.filter((file) => !existsSync(join(root, file))),
        [],
        document,
      );
    }
  });

  it('files stay small', () => {
    const tooLong = all
      .map((source) => ({ file: source.file, lines: source.text.split('\n').length }))
      .filter(({ file, lines }) => lines > (/\/main(-\w+)?\.ts$/.test(file) ? 60 : 500));
    assert.deepEqual(tooLong, []);
  });

  it('no file is named after nothing', () => {
    assert.deepEqual(
      all.map((source) => source.file).filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\.|\/)/.test(file)),
      [],
    );
  });
});
