import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PYTHON, missingPythonModules } from '#testing/peers';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';

const script = fileURLToPath(new URL('../../../test/e2e/python/sdk_flow.py', import.meta.url));

describe('openstacksdk against albireo-server', { skip: missingPythonModules('openstack') }, () => {
  let stack: Stack;
  before(async () => {
    stack = await startEmbedded();
  });
  after(() => stack?.stop());

  it('takes a server from create to gone', { timeout: 300_000 }, async () => {
    const env = { PATH: '/usr/bin:/bin', HOME: stack.directory, OS_CLIENT_CONFIG_FILE: stack.cloudsFile };
    const { stdout } = await promisify(execFile)(PYTHON, [script], { env, timeout: 240_000 });
    assert.match(stdout, /sdk flow passed/);
  });
});
