import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unlessSignalled } from '#testing/until-signal';
import { CONFIGURATIONS, GROUPS, commonOptions } from './configurations.js';
import type { Configuration } from './configurations.js';
import { failures, skips } from './outcome.js';
import type { ClassOutcome, Outcome } from './outcome.js';
import { PreparedCloud } from './prepared-cloud.js';
import { report } from './report.js';
import type { GroupResult, Reasons, Results } from './report.js';
import { PACKAGES } from './suite.js';
import type { Suite } from './suite.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface PlayOptions {
  /** Of the groups only tests that match this regular expression of Python's, too; nothing is kept of such a run. */
  readonly only: string | undefined;
  /** Keep the results, and write docs/tempest.md. */
  readonly write: boolean;
}

/** Plays one group after the other, each against a new cloud, inside the network namespace. True: no test failed. */
export async function playGroups(suite: Suite, names: readonly string[], options: PlayOptions): Promise<boolean> {
  spawnSync('ip', ['link', 'set', 'lo', 'up'], { stdio: 'inherit' });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const versions = {
    ...PACKAGES,
    Python: await suite.pythonVersion(),
    Albireo: version,
    'Node.js': process.versions.node,
  };
  let failed = 0;
  for (const name of names) {
    const classes = await playGroup(suite, name, options.only);
    const all = Object.values(classes);
    const sum = (of: (outcome: ClassOutcome) => number): number => all.reduce((total, one) => total + of(one), 0);
    console.log(`${name}: ${sum((one) => one.passed)} passed, ${sum(failures)} failed, ${sum(skips)} skipped`);
    failed += sum(failures);
    const date = new Date().toISOString().slice(0, 10);
    if (options.write && options.only === undefined) keep(name, { date, versions, classes });
  }
  return failed === 0;
}

async function playGroup(suite: Suite, name: string, only: string | undefined): Promise<Outcome> {
  const group = GROUPS[name];
  if (group === undefined) throw new Error(`no group ${name}`);
  const configuration: Configuration = CONFIGURATIONS[group.configuration];
  const starting = PreparedCloud.start(suite.folder, suite.workspace, configuration);
  try {
    const cloud = await unlessSignalled(starting);
    await suite.configure(commonOptions(cloud.prepared), configuration.tempest);
    const tests = only === undefined ? group.tests : `(?=${group.tests})(?=.*(${only}))`;
    return await suite.play(name, tests, group.processes ?? 2);
  } finally {
    await starting.then((cloud) => cloud.stop()).catch(() => undefined);
  }
}

function keep(name: string, result: GroupResult): void {
  const folder = join(root, 'test', 'tempest');
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const kept: Results = { ...(read('results.json') as Results), [name]: result };
  const order = Object.keys(GROUPS);
  const results: Results = Object.fromEntries(
    Object.entries(kept).toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b)),
  );
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(root, 'docs', 'tempest.md'), report(results, read('reasons.json') as Reasons));
}
