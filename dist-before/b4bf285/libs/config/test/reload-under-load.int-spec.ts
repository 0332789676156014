import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { allOptionGroups } from '../src/groups/all-groups.js';
import { ApiOptions } from '../src/groups/api.options.js';
import { Configuration } from '../src/configuration.js';
import { loadConfiguration } from '../src/load-configuration.js';

/** One GET; its status and body. */
function get(port: number, agent: Agent): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ port, agent }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (part: string) => (body += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

describe('reload under load', () => {
  it('changes the values 1000 times while requests run, and fails none', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'albireo-reload-'));
    const file = join(directory, 'a.conf');
    const write = (limit: number | string): void => {
      writeFileSync(`${file}.new`, `[api]\nmax_limit = ${limit}\n`);
      renameSync(`${file}.new`, file);
    };
    write(0);
    const parent = loadConfiguration({
      program: 't',
      version: '1',
      argv: ['--config-file', file],
      env: {},
      groups: allOptionGroups,
      searchPath: [],
    });
    const child = Configuration.fromState(parent.exportState(), allOptionGroups);
    const options = child.get(ApiOptions);
    const server = createServer((_request, answer) => answer.end(String(options.maxLimit)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const listenersBefore = process.eventNames().map((name) => process.listenerCount(name));

    const end = new AbortController();
    let answers = 0;
    const clients = Array.from({ length: 4 }, async () => {
      let last = 0;
      while (!end.signal.aborted) {
        const { status, body } = await get(address.port, agent);
        assert.equal(status, 200);
        assert.ok(Number(body) >= last, `${body} after ${last}`);
        last = Number(body);
        answers += 1;
      }
    });
    let mutations = 0;
    child.onMutate(() => (mutations += 1));
    for (let round = 1; round <= 1000; round += 1) {
      // Every tenth file is faulty: the values must stay.
      const faulty = round % 10 === 0;
      write(faulty ? 'many' : round);
      const { faults } = parent.reload();
      assert.equal(faults.length, faulty ? 1 : 0);
      child.applyState(parent.exportState());
      assert.equal(options.maxLimit, faulty ? round - 1 : round);
      // Let requests run between two reloads.
      await new Promise((resolve) => setImmediate(resolve));
    }
    end.abort();
    await Promise.all(clients);
    agent.destroy();
    server.close();
    await once(server, 'close');
    rmSync(directory, { recursive: true, force: true });

    assert.equal(mutations, 900);
    assert.ok(answers > 100, `${answers} answers`);
    assert.deepEqual(
      process.eventNames().map((name) => process.listenerCount(name)),
      listenersBefore,
    );
  });
});
