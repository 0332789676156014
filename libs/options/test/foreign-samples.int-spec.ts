import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { allOptionGroups } from '../src/groups/all-groups.js';
import { formatFault, loadInspection } from '#libs/config';
import { productSources } from '../src/load-configuration.js';

const { checkConfiguration } = await loadInspection();

const directory = mkdtempSync(join(tmpdir(), 'albireo-samples-'));

/** The sample file of a Debian package: installed, or extracted from the package without installing it. */
function sampleOf(packageName: string, file: string): string | undefined {
  const inPackage = join('usr', 'share', packageName, file);
  if (existsSync(join('/', inPackage))) return readFileSync(join('/', inPackage), 'utf8');
  const quiet = { cwd: directory, encoding: 'utf8', timeout: 60_000 } as const;
  if (spawnSync('apt-get', ['download', packageName], quiet).status !== 0) return undefined;
  const archive = readdirSync(directory).find((name) => name.startsWith(`${packageName}_`));
  if (archive === undefined || spawnSync('dpkg-deb', ['-x', archive, packageName], quiet).status !== 0)
    return undefined;
  return readFileSync(join(directory, packageName, inPackage), 'utf8');
}

const nova = sampleOf('nova-common', 'nova.conf');
const neutron = sampleOf('neutron-common', 'neutron.conf');
const reason = 'needs the sample files of the Debian packages nova-common and neutron-common';
const missing = nova === undefined || neutron === undefined;
if (missing && process.env['ALBIREO_REQUIRE_PEERS'] === '1') throw new Error(reason);

// The options that an operator sets first; the samples' own sqlite databases cannot work here.
const common: readonly (readonly [RegExp, string])[] = [
  [/^connection = sqlite.*$/gm, 'connection = postgresql://u:hidden@db/albireo'],
  [
    /^\[DEFAULT\]$/m,
    '[DEFAULT]\ntransport_url = rabbit://openstack:hidden@rabbit:5672/\ndebug = true\nmy_ip = 10.0.0.11',
  ],
  [/^\[keystone_authtoken\]$/m, '[keystone_authtoken]\nmemcached_servers = controller:11211\npassword = hidden'],
  [/^\[oslo_concurrency\]$/m, '[oslo_concurrency]\nlock_path = /var/lib/lock'],
];

function written(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(
    path,
    common.reduce((before, [from, to]) => before.replace(from, to), text),
  );
  return path;
}

const check = (...files: readonly string[]) =>
  checkConfiguration({
    ...productSources,
    program: 'albireo-server',
    version: '1',
    argv: files.flatMap((file) => ['--config-file', file]),
    env: {},
    groups: allOptionGroups,
    searchPath: [],
  });

describe("Debian's nova.conf and neutron.conf", { skip: missing ? reason : false }, () => {
  after(() => rmSync(directory, { recursive: true, force: true }));
  const novaText = nova ?? '';
  const neutronText = neutron ?? '';

  it('are read without faults, alone and together, and what is not used is listed', () => {
    const novaFile = written(
      'nova.conf',
      `${novaText}\n[api_database]\nconnection = mysql+pymysql://n:hidden@db/api\n`,
    );
    const neutronFile = written('neutron.conf', neutronText);
    for (const files of [[novaFile], [neutronFile], [novaFile, neutronFile]]) {
      const { faults, notices } = check(...files);
      assert.deepEqual(faults.map(formatFault), []);
      assert.match(notices.join('\n'), /\[oslo_concurrency\] lock_path is not used here/);
      assert.doesNotMatch(notices.join('\n'), /hidden/);
    }
    const { notices } = check(novaFile, neutronFile);
    assert.match(notices.join('\n'), /\[api_database\] connection is not used here/);
    assert.match(
      notices.join('\n'),
      /neutron\.conf:\d+: \[keystone_authtoken\] username = "neutron" replaces "nova" of .*nova\.conf:\d+/,
    );
  });

  it('have no option name that is unknown, even with every commented line taken in', () => {
    for (const [name, text] of [
      ['nova-all.conf', novaText],
      ['neutron-all.conf', neutronText],
    ] as const) {
      const { faults } = check(written(name, text.replaceAll(/^#(?=[a-z][a-z0-9_-]* =|\[[a-z]+\]$)/gm, '')));
      assert.deepEqual(faults.filter(({ code }) => code.startsWith('unknown')).map(formatFault), []);
    }
  });

  it('end with a named fault where the database cannot work here', () => {
    const { faults } = check(written('bad.conf', '[database]\nconnection = mysql+pymysql://nova:hidden@db/nova\n'));
    assert.match(faults.map(formatFault).join(), /bad\.conf:2: \[database\] connection: mysql\+pymysql is no database/);
  });
});
