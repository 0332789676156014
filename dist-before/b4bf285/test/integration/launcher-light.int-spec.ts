import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { get, LaunchedProgram } from '../../libs/launcher/test/fixtures/launched-program.js';

describe('the parent process', () => {
  it('loads no package, but for the few of this list', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-modules-'));
    const file = join(folder, 'modules');
    const recorder = new URL('../../libs/launcher/test/fixtures/record-modules.js', import.meta.url);
    const program = new LaunchedProgram({
      services: [
        { name: 'echo', module: 'echo-service', workers: 1, listen: { host: '127.0.0.1', port: 0 } },
        { name: 'tasks', module: 'task-service', workers: 1 },
      ],
      env: { FIXTURE_MODULES: file },
      nodeArgs: ['--import', fileURLToPath(recorder)],
    });
    try {
      const port = await program.port('echo');
      await program.ready();
      assert.equal((await get(port, '/')).status, 200);
      program.signal('SIGTERM');
      assert.deepEqual(await program.ended, { code: 0, signal: null });
      const lines = (await readFile(file, 'utf8')).split('\n');
      const parents = lines.filter((line) => line.startsWith(`${program.pid} `));
      assert.ok(parents.some((line) => line.includes('process-launcher.js')));
      const packages = parents.map((line) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(line)?.[1]);
      // None of Nest, reflect-metadata, class-validator, rxjs, pg, amqplib, prom-client, pino: nothing at all.
      assert.deepEqual([...new Set(packages.filter((name) => name !== undefined))], []);
      const ours = parents.filter((line) => line.includes('/dist/apps/') || line.includes('/internal/child/'));
      assert.deepEqual(ours, []);
    } finally {
      await program.dispose();
      await rm(folder, { recursive: true });
    }
  });
});
