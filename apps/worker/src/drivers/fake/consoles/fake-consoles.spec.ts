import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { POWER_STATE } from '#libs/contracts';
import type { FlavorData } from '#libs/contracts';
import type { GuestDescription } from '../../virt-driver.js';
import { ByteReader } from './rfb-session.js';
import { FakeConsoles } from './fake-consoles.js';
import { HEIGHT, WIDTH, drawRow, readPixelFormat } from './screen.js';

const guest: GuestDescription = {
  id: '6d3f36a2-4d0f-4bd5-9a2c-4e3ffb1f6d0c',
  instanceName: 'instance-00000001',
  displayName: 'web',
  hostname: 'web',
  host: 'here',
  imageRef: '',
  imageProperties: {},
  flavor: { ram: 512, vcpus: 1, disk: 1 } as FlavorData,
  configDrive: false,
  userData: null,
  publicKey: null,
};
const loopback = { listen: '127.0.0.1', told: '127.0.0.1' };

/** A guest, and its consoles. */
function scene(): { consoles: FakeConsoles; end: () => void } {
  let state: number | undefined = POWER_STATE.RUNNING;
  const consoles = new FakeConsoles(
    () => Promise.resolve(state),
    () => loopback,
  );
  return { consoles, end: () => (state = undefined) };
}

async function join(consoles: FakeConsoles, kind: 'vnc' | 'serial' | 'spice'): Promise<Socket> {
  const target = await consoles.open(kind, guest);
  assert.ok(target !== undefined && 'port' in target);
  return connect(target.port, target.host);
}

describe('the consoles of a fake guest', () => {
  it('show a picture by RFB 3.8, and what is typed', async () => {
    const { consoles, end } = scene();
    const socket = await join(consoles, 'vnc');
    const reader = new ByteReader(socket);
    assert.equal(String(await reader.take(12)), 'RFB 003.008\n');
    socket.write('RFB 003.008\n');
    assert.deepEqual([...(await reader.take(2))], [1, 1]);
    socket.write(Buffer.from([1]));
    assert.equal((await reader.take(4)).readUInt32BE(), 0);
    socket.write(Buffer.from([1]));
    const init = await reader.take(24);
    assert.deepEqual([init.readUInt16BE(0), init.readUInt16BE(2)], [WIDTH, HEIGHT]);
    assert.equal(String(await reader.take(init.readUInt32BE(20))), 'web');

    const want = (incremental: number): void => {
      socket.write(Buffer.from([3, incremental, 0, 0, 0, 0, WIDTH >> 8, WIDTH & 255, HEIGHT >> 8, HEIGHT & 255]));
    };
    const update = async (): Promise<number[]> => {
      const head = await reader.take(4);
      const rows: number[] = [];
      for (let left = head.readUInt16BE(2); left > 0; left -= 1) {
        const at = await reader.take(12);
        rows.push(at.readUInt16BE(2) / 16);
        await reader.take(at.readUInt16BE(4) * at.readUInt16BE(6) * 4);
      }
      return rows;
    };
    want(0);
    assert.equal((await update()).length, 25);
    want(1);
    // Key h pressed: one row has changed.
    socket.write(Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x68]));
    assert.equal((await update()).length, 1);
    const closed = once(socket, 'close');
    end();
    await closed;
  });

  it('end a client that does not speak RFB', async () => {
    const { consoles } = scene();
    const socket = await join(consoles, 'vnc');
    const closed = once(socket, 'close');
    socket.resume().write('GET / HTTP/1.1\r\n\r\n');
    await closed;
  });

  it('answer on the serial line, and end with the guest', async () => {
    const { consoles, end } = scene();
    const socket = await join(consoles, 'serial');
    let text = '';
    const until = (pattern: RegExp): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (pattern.test(text)) resolve();
          else socket.once('data', () => setImmediate(look));
        };
        look();
      });
    socket.on('data', (chunk: Buffer) => (text += String(chunk)));
    await until(/web:~\$ $/);
    socket.write('hellp\u007Fo\r');
    await until(/\r\nhello\r\nweb:~\$ $/);
    const closed = once(socket, 'close');
    end();
    await closed;
    assert.equal(await consoles.open('serial', guest), undefined);
  });

  it('refuse SPICE in its own words', async () => {
    const { consoles } = scene();
    const socket = await join(consoles, 'spice');
    const link = Buffer.alloc(34);
    link.write('REDQ');
    socket.write(link);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.equal(answer.subarray(0, 4).toString(), 'REDQ');
    assert.equal(answer.readUInt32LE(16), 8);
    socket.destroy();
  });

  it('draw in the pixels that a client wants', () => {
    const rgb565 = readPixelFormat(Buffer.from([16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0]));
    assert.ok(rgb565 !== undefined);
    assert.equal(drawRow('A', 1, rgb565).length, WIDTH * 16 * 2);
    const ink = drawRow('A', 1, rgb565).readUInt16LE((15 * WIDTH - WIDTH + 0) * 2);
    assert.equal(
      ink,
      (Math.round((222 * 31) / 255) << 11) + (Math.round((226 * 63) / 255) << 5) + Math.round((232 * 31) / 255),
    );
    assert.equal(readPixelFormat(Buffer.from([8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])), undefined);
  });
});
