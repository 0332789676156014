import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const installed = existsSync('/etc/albireo') && 'this machine has a configuration in /etc/albireo';

it('the command of the image ends with the searched places when there is no configuration', { skip: installed }, () => {
  const command = /^CMD (\[.*\])$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1];
  const [name = '', ...args] = JSON.parse(command ?? '[]') as readonly string[];
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  const home = mkdtempSync(join(tmpdir(), 'albireo-image-'));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, bin[name] ?? ''), ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { PATH: process.env['PATH'], HOME: home },
    });
    const searched =
      `albireo-server: error: no configuration file was found: searched for albireo.conf, albireo-server.conf, ` +
      `albireo.conf.d/*.conf, albireo-server.conf.d/*.conf in ${home}/.albireo, ${home}, /etc/albireo, /etc; ` +
      `name one with --config-file\n`;
    assert.deepEqual([status, stdout, stderr], [1, '', searched]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
