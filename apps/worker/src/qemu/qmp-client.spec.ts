import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { QmpClient, withQmp } from './qmp-client.js';

/** A fake QEMU's answer to a command; `null`: none. */
type Answer = (command: string, socket: Socket) => object | null;

describe('a connection to QEMU', () => {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-qmp-'));
  const path = join(directory, 'qmp.sock');
  let answer: Answer = () => ({ return: {} });
  let greeting = '{"QMP": {"version": {}, "capabilities": []}}\r\n';
  const server = createServer((socket) => {
    socket.write(greeting);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const { execute, id } = JSON.parse(text.slice(0, end)) as { execute: string; id: number };
        text = text.slice(end + 1);
        const told = execute === 'qmp_capabilities' ? { return: {} } : answer(execute, socket);
        if (told !== null) socket.write(`${JSON.stringify({ id, ...told })}\n`);
      }
    });
    socket.on('error', () => undefined);
  });
  before(() => new Promise<void>((resolve) => server.listen(path, resolve)));
  after(() => {
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('runs commands, tells events, and names QEMU’s errors', async () => {
    answer = (command, socket) => {
      socket.write('{"event": "STOP", "data": {"why": 1}, "timestamp": {}}\n');
      return command === 'stop' ? { return: { ok: true } } : { error: { class: 'CommandNotFound', desc: 'what?' } };
    };
    await withQmp(path, async (qmp) => {
      const events: string[] = [];
      qmp.onEvent(({ event }) => events.push(event));
      assert.deepEqual(await qmp.execute('stop'), { ok: true });
      await assert.rejects(qmp.execute('fly'), { name: 'QmpError', kind: 'CommandNotFound', message: 'fly: what?' });
      assert.deepEqual(events, ['STOP', 'STOP']);
    });
  });

  it('that is silent, ends or is none becomes QmpUnreachable', async () => {
    answer = () => null;
    const silent = await QmpClient.connect(path, 5_000);
    await assert.rejects(silent.execute('stop', {}, 30), { name: 'QmpUnreachable' });
    answer = (_command, socket) => {
      socket.destroy();
      return null;
    };
    await assert.rejects(silent.execute('stop'), { name: 'QmpUnreachable' });
    await silent.closed;
    await assert.rejects(silent.execute('stop'), { name: 'QmpUnreachable' });
    greeting = 'HTTP/1.1 400 Bad Request\r\n';
    await assert.rejects(QmpClient.connect(path, 5_000), { name: 'QmpUnreachable' });
    greeting = '';
    await assert.rejects(QmpClient.connect(path, 30), { name: 'QmpUnreachable' });
    await assert.rejects(QmpClient.connect(join(directory, 'none.sock'), 1_000), { name: 'QmpUnreachable' });
  });
});
