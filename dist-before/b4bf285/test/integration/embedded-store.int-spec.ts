import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openStore, syncDatabase } from '../../apps/worker/src/store/index.js';

const WRITER = 'writer';

/** The child: writes transactions of two rows each for ever, and tells its parent of each that is committed. */
async function write(directory: string): Promise<void> {
  const store = await openStore({ kind: 'directory', directory });
  await syncDatabase(store);
  for (let count = 0; ; count += 1) {
    const name = `${process.pid}-${count}`;
    await store.transaction(async (tx) => {
      for (const half of ['a', 'b']) {
        const values = { id: `${name}-${half}`, name: `${name}-${half}`, vcpus: 1, ram: 1, disk: 1, description: null };
        await tx.insertInto('flavors').values(values).execute();
      }
    });
    process.send?.(name);
  }
}

const [, , role, where] = process.argv;
if (role === WRITER && where !== undefined) {
  await write(where);
} else {
  describe('the embedded database in a directory', () => {
    const directory = mkdtempSync(join(tmpdir(), 'albireo-embedded-'));
    after(() => rmSync(directory, { recursive: true }));

    it('is for one process, and keeps what was committed when it is killed in the middle of writes', async () => {
      const committed = new Set<string>();
      for (let round = 0; round < 3; round += 1) {
        const child = fork(fileURLToPath(import.meta.url), [WRITER, directory], { execArgv: [] });
        const exited = once(child, 'exit');
        const enough = new Promise<void>((resolve, reject) => {
          let seen = 0;
          child.on('message', (name: string) => {
            committed.add(name);
            seen += 1;
            if (seen === 15 + round) resolve();
          });
          child.once('exit', (code) => reject(new Error(`the writer ended with ${String(code)}`)));
        });
        await enough;
        if (round === 0) await assert.rejects(openStore({ kind: 'directory', directory }), { code: 'DirectoryLocked' });
        child.kill('SIGKILL');
        await exited;
      }
      const store = await openStore({ kind: 'directory', directory });
      assert.deepEqual(await syncDatabase(store), []);
      const rows = await store.db.selectFrom('flavors').select('id').where('id', 'like', '%-%').execute();
      await store.close();
      const found = new Set(rows.map((row) => row.id));
      for (const name of committed) assert.ok(found.has(`${name}-a`) && found.has(`${name}-b`), `${name} is lost`);
      // Both rows of a transaction or none.
      assert.equal(found.size % 2, 0);
      for (const id of found) assert.ok(found.has(id.replace(/-[ab]$/, '-a')) && found.has(id.replace(/-[ab]$/, '-b')));
    });
  });
}
