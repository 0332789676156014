import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { serverInput } from './start-options.js';

describe('a cloud that begins with a seed', () => {
  it('has as many hosts as its zones need, unless the environment says how many', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'albireo-seed-'));
    try {
      const seed = join(folder, 'seed.yaml');
      writeFileSync(seed, 'zones:\n  - { name: a, hosts: 2 }\n  - { name: b }\n');
      const flags = { name: 'default', timeout: '60', seed };
      const hosts = async (environment: Record<string, string>): Promise<string | undefined> =>
        (await serverInput(flags, environment)).env['OS_FAKE__HOSTS'];
      assert.equal(await hosts({}), '3');
      assert.equal(await hosts({ OS_FAKE__HOSTS: '5' }), '5');
      writeFileSync(seed, 'zones:\n  - { name: a, hosts: none }\n');
      await assert.rejects(hosts({}), /seed\.yaml:2: zones\[0\]\.hosts: /);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
