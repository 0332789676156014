import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { get, LaunchedProgram, pidOf } from '../../libs/launcher/test/fixtures/launched-program.js';

const listen = { host: '127.0.0.1', port: 0 };

describe('two workers behind one port', () => {
  let program: LaunchedProgram;
  let port = 0;

  before(async () => {
    program = new LaunchedProgram({ services: [{ name: 'echo', module: 'echo-service', workers: 2, listen }] });
    port = await program.port('echo');
    await program.ready();
  });
  after(() => program.dispose());

  it('take connections in turn', async () => {
    const pids: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) pids.push(pidOf(await get(port, '/')));
    assert.equal(new Set(pids).size, 2);
    assert.deepEqual(pids.slice(0, 4), pids.slice(2, 6));
    assert.ok(!pids.includes(program.pid));
  });

  it('are reported ready by the health listener of the parent', async () => {
    const health = Number((await program.line(/health listening on 127\.0\.0\.1:(\d+)/))[1]);
    assert.equal((await get(health, '/livez')).status, 200);
    assert.equal((await get(health, '/startupz')).status, 200);
    const ready = await get(health, '/readyz?verbose');
    assert.equal(ready.status, 200);
    assert.match(ready.text, /\[\+\] echo: 2 of 2 workers ready/);
    const metrics = await get(health, '/metrics');
    assert.match(metrics.text, /albireo_launcher_workers\{service="echo",state="ready"\} 2/);
    assert.match(metrics.text, /fixture_requests_total 6/);
  });

  it('end with the parent on SIGTERM, exit 0', async () => {
    program.signal('SIGTERM');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.match(program.output, /Caught SIGTERM, stopping children/);
    assert.equal(program.output.match(/Child \d+ exited with status 0/g)?.length, 2);
    await assert.rejects(get(port, '/'), { code: 'ECONNREFUSED' });
  });
});
