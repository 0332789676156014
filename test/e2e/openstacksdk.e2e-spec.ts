import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PYTHON, missingPythonModules } from '#testing/peers';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

const scriptOf = (name: string): string =>
  fileURLToPath(new URL(`../../../test/e2e/python/${name}.py`, import.meta.url));

describe('openstacksdk against albireo-server', { skip: missingPythonModules('openstack') }, () => {
  let stack: Stack;
  before(async () => {
    stack = await startEmbedded();
  });
  after(() => stack?.stop());

  const run = async (name: string): Promise<string> => {
    const env = { PATH: '/usr/bin:/bin', HOME: stack.directory, OS_CLIENT_CONFIG_FILE: stack.cloudsFile };
    return (await promisify(execFile)(PYTHON, [scriptOf(name)], { env, timeout: 240_000 })).stdout;
  };

  it('takes a server from create to gone', { timeout: 300_000 }, async () => {
    assert.match(await run('sdk_flow'), /sdk flow passed/);
  });

  it(
    'vouches for its tokens to keystonemiddleware of another service',
    {
      timeout: 300_000,
      skip: missingPythonModules('keystonemiddleware', 'webob'),
    },
    async () => {
      assert.match(await run('middleware_flow'), /middleware flow passed/);
    },
  );
});
