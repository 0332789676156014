import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { CloudCommand } from '#testing/cloud-command';
import { programFile } from '#testing/program';

/** A program that asks the Identity API for a token with the variables it is given, and exits with 7. */
const logIn = `
const { OS_AUTH_URL, OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME } = process.env;
const domain = { id: 'default' };
const user = { name: OS_USERNAME, domain, password: OS_PASSWORD };
const auth = { identity: { methods: ['password'], password: { user } }, scope: { project: { name: OS_PROJECT_NAME, domain } } };
const answer = await fetch(OS_AUTH_URL + '/auth/tokens', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth }) });
console.log(answer.status, Object.keys(process.env).filter((name) => name.startsWith('OS_')).length);
process.exit(7);`;

describe('the command albireo', { timeout: 300_000 }, () => {
  const albireo = new CloudCommand();
  after(() => albireo.close());

  it('starts clouds side by side in the background, which env, list and stop know by their names', async () => {
    const start = ['start', '--detach', '--ephemeral', '--port-base', '0', '--name'];
    await Promise.all([albireo.succeed([...start, 'one']), albireo.succeed([...start, 'two'])]);
    const one = await albireo.variables('one');
    const two = await albireo.variables('two');
    assert.notEqual(one['OS_AUTH_URL'], two['OS_AUTH_URL']);
    assert.notEqual(one['OS_PASSWORD'], two['OS_PASSWORD']);
    for (const { OS_AUTH_URL: url = '' } of [one, two]) assert.equal((await fetch(url)).status, 200);
    assert.equal(statSync(join(albireo.folder, 'albireo', 'one.json')).mode & 0o777, 0o600);

    const status = (token: string) =>
      fetch(`${one['ALBIREO_CONTROL_URL'] ?? ''}/v1/status`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await status(one['ALBIREO_CONTROL_TOKEN'] ?? '')).status, 200);
    assert.equal((await status(two['ALBIREO_CONTROL_TOKEN'] ?? '')).status, 401);

    const again = await albireo.run([...start, 'one']);
    assert.equal(again.code, 1);
    assert.match(again.err, /a cloud named one runs already/);
    await albireo.succeed(['wait', '--name', 'two']);
    await albireo.succeed(['stop', '--name', 'one']);
    assert.match(await albireo.succeed(['list']), /^two\t\d+\thttp:/);
    assert.equal((await albireo.run(['stop', '--name', 'one'])).code, 3);
  });

  it('runs a command with a cloud of its own: variables of no other cloud, its exit code, nothing left behind', async () => {
    const env = { OS_CLOUD: 'another', OS_TOKEN: 'stale' };
    const { code, out, err } = await albireo.run(
      ['run', '--', process.execPath, '--input-type=module', '-e', logIn],
      env,
    );
    assert.equal(code, 7, err);
    assert.match(out, /^201 9$/m);
    assert.deepEqual(
      readdirSync(join(albireo.folder, 'albireo')).filter((file) => file.startsWith('run-')),
      [],
    );
    assert.equal((await albireo.run(['run', '--', 'albireo-no-such-command'])).code, 127);
  });

  const noOtherUser = process.getuid?.() === 0 ? false : 'only root can become another user';
  it('runs as a user whom the system does not know, as in a container', { skip: noOtherUser }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'albireo-nobody-'));
    chmodSync(folder, 0o777);
    const options = { uid: 54_321, gid: 54_321, env: { PATH: process.env['PATH'], TMPDIR: folder } };
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [programFile('albireo'), 'list'], options);
      assert.equal(stdout, '');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tells what is wrong with a start, in the background too', async () => {
    const bad = { OS_DEFAULT__SERVICE_DOWN_TIME: 'soon' };
    const detached = await albireo.run(['start', '--detach', '--ephemeral', '--port-base', '0', '--name', 'bad'], bad);
    assert.equal(detached.code, 1);
    assert.match(detached.err, /ended before it was ready \(exit code 1\)/);
    assert.match(detached.err, /service_down_time: expected an integer/);
    for (const args of [
      ['start', '--port-base', '70000'],
      ['start', '--name', '../x'],
      ['launch'],
      ['wait', '--timeout', 'x'],
    ]) {
      assert.equal((await albireo.run(args)).code, 2, args.join(' '));
    }
    // --name is known on both sides of a group's command.
    for (const args of [
      ['snapshot', '--name', 'nobody', 'list'],
      ['snapshot', 'list', '--name', 'nobody'],
      ['clock', 'advance', '2h', '--name', 'nobody'],
    ]) {
      assert.equal((await albireo.run(args)).code, 3, args.join(' '));
    }
    assert.equal((await albireo.run(['wait', '--name', 'nobody', '--timeout', '0.1'])).code, 4);
    assert.equal((await albireo.run(['env', '--name', 'nobody'])).code, 3);
  });

  it('writes a ready file for its owner alone and ends with who started it', async () => {
    const file = join(albireo.folder, 'ready.json');
    const start = ['start', '--detach', '--ephemeral', '--port-base', '0', '--name', 'three', '--ready-file', file];
    await albireo.succeed(start);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, 'utf8'), /"OS_AUTH_URL": "http:/);
    await albireo.succeed(['stop', '--name', 'three']);
  });
});
