// node dist/test/tempest/main.js [GROUP …] [--tests REGEX] [--write] [--folder DIR]
//   Plays OpenStack's own suite against an embedded cloud, in a network namespace of its own (as root, or where users may
//   make one): `unshare` and `ip` are needed, Python 3 with venv, and PyPI the first time.
//   GROUP         a group of configurations.ts (identity, compute, …, guests, hosts); all unless named
//   --tests       of the groups only tests that also match this regular expression; nothing is written
//   --write       makes the groups that were run those of test/tempest/results.json, and docs/tempest.md
//   --folder      where the virtual environment, tempest's workspace, logs and outputs are; kept for the next run
//   ALBIREO_TEST_MOTO  the program moto_server of PyPI's moto[server,s3], for the group image
//   PYTHON        the interpreter for the virtual environment; python3 unless set
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Signalled, atSignal } from '#testing/until-signal';
import { GROUPS } from './configurations.js';
import { playGroups } from './play-groups.js';
import { Suite } from './suite.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: 'string' },
    write: { type: 'boolean', default: false },
    folder: { type: 'string', default: join(tmpdir(), 'albireo-tempest') },
    inside: { type: 'boolean', default: false },
  },
});
const names = positionals.length === 0 ? Object.keys(GROUPS) : positionals;
const unknown = names.filter((name) => GROUPS[name] === undefined);
if (unknown.length > 0) throw new Error(`no such group: ${unknown.join(', ')}`);

const suite = new Suite(options.folder);
if (options.inside) {
  try {
    const allPassed = await playGroups(suite, names, { only: options.tests, write: options.write });
    process.exitCode = allPassed ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Signalled)) throw error;
    process.exit(error.exitCode);
  }
} else {
  await suite.install(process.env['PYTHON'] ?? 'python3');
  const space = process.getuid?.() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];
  const command = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2), '--inside'];
  // unshare becomes this program once more, which takes its cloud away.
  const inside = spawn('unshare', [...space, ...command], { stdio: 'inherit' });
  atSignal((signal) => inside.kill(signal));
  const [code] = (await once(inside, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
