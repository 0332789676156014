import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ConsoleRelays } from './console-relays.js';

describe('relays of consoles', { timeout: 30_000 }, () => {
  it('lead from a port to the socket of a guest, for several clients, until it is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'albireo-relays-'));
    const path = join(folder, 'spice.sock');
    const guest = createServer((socket) => socket.pipe(socket)).listen(path);
    try {
      await once(guest, 'listening');
      const relays = new ConsoleRelays('127.0.0.1');
      const port = await relays.open(path);
      assert.equal(await relays.open(path), port);
      const clients = await Promise.all(
        ['one', 'two'].map(async (text) => {
          const client = connect({ host: '127.0.0.1', port });
          client.write(text);
          const [answer] = (await once(client, 'data')) as [Buffer];
          assert.equal(String(answer), text);
          return client;
        }),
      );
      const closed = Promise.all(clients.map((client) => once(client, 'close')));
      rmSync(path);
      await closed;
      const late = connect({ host: '127.0.0.1', port });
      await assert.rejects(once(late, 'connect'), { code: 'ECONNREFUSED' });
    } finally {
      guest.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
