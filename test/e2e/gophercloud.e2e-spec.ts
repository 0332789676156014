import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ADMIN_PASSWORD, startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

const run = promisify(execFile);
const source = fileURLToPath(new URL('../../../test/e2e/gophercloud', import.meta.url));
const documentation = fileURLToPath(new URL('../../../docs/ci.md', import.meta.url));
const missing = spawnSync('go', ['version']).status === 0 ? undefined : 'needs go (1.25 or newer) on the PATH';
const isRequired = process.env['ALBIREO_REQUIRE_PEERS'] === '1';

describe('gophercloud against albireo-server', { skip: isRequired ? false : missing }, () => {
  let stack: Stack;
  before(async () => {
    assert.equal(missing, undefined);
    stack = await startEmbedded();
  });
  after(() => stack?.stop());

  it('makes projects, servers and a cluster, and deletes them', { timeout: 600_000 }, async (context) => {
    const program = join(stack.directory, 'gophercloud-flow');
    try {
      await run('go', ['build', '-buildvcs=false', '-o', program, '.'], { cwd: source, timeout: 400_000 });
    } catch (error) {
      // Its module comes from the network.
      if (isRequired) throw error;
      return context.skip(`gophercloud cannot be built here: ${String(error)}`);
    }
    const env = {
      OS_AUTH_URL: `${stack.url('identity')}/v3`,
      OS_USERNAME: 'admin',
      OS_PASSWORD: ADMIN_PASSWORD,
      OS_PROJECT_NAME: 'admin',
      OS_DOMAIN_NAME: 'Default',
    };
    const flow = async (name: string): Promise<string> =>
      (await run(program, [name], { env, timeout: 250_000 })).stdout;
    assert.match(await flow('gophercloud'), /gophercloud flow passed/);
    // The requests of cluster-api-provider-openstack, in its order.
    assert.match(await flow('cluster'), /cluster flow passed/);
    // And the example of docs/ci.md.
    const example = join(stack.directory, 'example');
    mkdirSync(example);
    for (const file of ['go.mod', 'go.sum']) copyFileSync(join(source, file), join(example, file));
    const [, text = ''] = /^```go\n(package main\n.*?)^```$/ms.exec(readFileSync(documentation, 'utf8')) ?? [];
    writeFileSync(join(example, 'main.go'), text);
    await run('go', ['build', '-buildvcs=false', '-o', 'example', '.'], { cwd: example, timeout: 300_000 });
    const { stdout } = await run(join(example, 'example'), [], { env: { ...env, OS_REGION_NAME: 'RegionOne' } });
    assert.equal(stdout, 'made-by-go ACTIVE\n');
  });
});
