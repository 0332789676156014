// The package for test suites of Node programs, with the command and with what stands for a container's engine.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { CloudClient } from '#testing/cloud-client';
import { programFile } from '#testing/program';
import { AlbireoCloud, CloudRefusal } from '../../packages/testcontainers/src/index.js';

/** An engine that runs the image's program as it is: what the package asks of an engine and no more. */
const ENGINE = `#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
const log = process.argv[1] + '.log';
const [verb, ...args] = process.argv.slice(2);
if (verb === 'run') {
  const at = args.indexOf('the-image');
  if (!args.slice(0, at).includes('--publish') || args[at + 1] !== 'albireo') process.exit(125);
  const out = openSync(log, 'w');
  const child = spawn(process.execPath, [process.env.PROGRAM, ...args.slice(at + 2)], { detached: true, stdio: ['ignore', out, out] });
  child.unref();
  console.log(child.pid);
} else if (verb === 'inspect') {
  try { process.kill(Number(args.at(-1)), 0); console.log('true'); } catch { console.log('false'); }
} else if (verb === 'logs') {
  process.stdout.write(readFileSync(log));
} else if (verb === 'rm') {
  try { process.kill(Number(args.at(-1)), 'SIGTERM'); } catch {}
}
`;

/** An engine as Docker is while the program inside does not listen yet: its port takes connections and closes them. */
const CLOSING_ENGINE = `#!/usr/bin/env node
import { spawn } from 'node:child_process';
const server = \`
  let closed = 0;
  const http = require('node:http').createServer((_, answer) => answer.end('{"worker":{"ready":true}}'));
  require('node:net').createServer((socket) => {
    if (closed < 3) { closed += 1; socket.destroy(); } else http.emit('connection', socket);
  }).listen(Number(process.argv[1]), '127.0.0.1');\`;
const [verb, ...args] = process.argv.slice(2);
if (verb === 'run') {
  const first = Number(/:(\\d+)-/.exec(args[args.indexOf('--publish') + 1])[1]);
  const child = spawn(process.execPath, ['-e', server, String(first + 6)], { detached: true, stdio: 'ignore' });
  child.unref();
  console.log(child.pid);
} else if (verb === 'inspect') console.log('true');
else if (verb === 'rm') process.kill(Number(args.at(-1)), 'SIGTERM');
`;

describe('@albireo/testcontainers', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'albireo-engine-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const own = { HOME: folder, XDG_RUNTIME_DIR: folder };

  async function tryOut(cloud: AlbireoCloud): Promise<void> {
    const client = await new CloudClient(cloud.environment).logIn();
    const networks = async (): Promise<string[]> => {
      const { body } = await client.api('network', 'GET', '/v2.0/networks?fields=name');
      return (body as { networks: { name: string }[] }).networks.map(({ name }) => name).toSorted();
    };
    const before = await networks();
    assert.ok(before.includes('private'));
    await cloud.snapshot('ready');
    await client.api('network', 'POST', '/v2.0/networks', { network: { name: 'mine' } });
    await cloud.restore('ready');
    assert.deepEqual(await networks(), before);
    assert.deepEqual(await cloud.scenario('rate-limit'), ['rate-limit']);
    assert.equal((await client.api('network', 'GET', '/v2.0/networks')).status, 429);
    assert.equal((await cloud.faultLog())[0]?.id, 'rate-limit');
    await cloud.clearFaults();
    await assert.rejects(
      cloud.addFaults('faults:\n  - { http: {}, staus: 503 }\n'),
      (error) => error instanceof CloudRefusal && error.status === 400 && /<request>:2: .*staus/.test(error.message),
    );
    await cloud.advanceClock('2h');
    assert.equal((await client.api('network', 'GET', '/v2.0/networks')).status, 401);
    await cloud.reset();
    assert.match(
      cloud.cloudsYaml(),
      /^clouds:\n {2}albireo:\n {4}auth:\n {6}auth_url: "http:\/\/127\.0\.0\.1:\d+\/v3"\n/,
    );
  }

  it('starts a cloud by its command, which ends with it', async () => {
    const cloud = await AlbireoCloud.start({
      seed: 'devstack',
      command: [process.execPath, programFile('albireo')],
      options: own,
      timeoutMs: 120_000,
    });
    const { OS_AUTH_URL: url = '' } = cloud.environment;
    try {
      await tryOut(cloud);
      const project = await cloud.newProject();
      const member = await new CloudClient(project).logIn();
      assert.equal((await member.api('network', 'GET', '/v2.0/networks')).status, 200);
    } finally {
      await cloud.stop();
    }
    await assert.rejects(fetch(url));
  });

  it('tells why a cloud did not become ready', async () => {
    const seed = join(folder, 'broken.yaml');
    writeFileSync(seed, 'networks:\n  - { nam: x }\n');
    const command = [process.execPath, programFile('albireo')];
    await assert.rejects(AlbireoCloud.start({ seed, command, options: own }), /ended before[^]*broken\.yaml:2: /);
  });

  it('starts one in a container, with the same ports inside and outside', async () => {
    const engine = join(folder, 'engine.mjs');
    writeFileSync(engine, ENGINE);
    chmodSync(engine, 0o755);
    const options = { ...own, PROGRAM: programFile('albireo') };
    const cloud = await AlbireoCloud.start({
      image: 'the-image',
      engine,
      seed: 'devstack',
      options,
      timeoutMs: 120_000,
    });
    try {
      await tryOut(cloud);
    } finally {
      await cloud.stop();
    }
  });

  it('waits while the port of a container takes connections and closes them', async () => {
    const engine = join(folder, 'closing-engine.mjs');
    writeFileSync(engine, CLOSING_ENGINE);
    chmodSync(engine, 0o755);
    const cloud = await AlbireoCloud.start({ image: 'the-image', engine, options: own, timeoutMs: 30_000 });
    await cloud.stop();
  });
});
