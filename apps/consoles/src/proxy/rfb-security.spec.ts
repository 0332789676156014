import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { secureRfb } from './rfb-security.js';

const servers: Server[] = [];
after(() => Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve)))));

/** Both ends of a connection. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  return [near, await accepted];
}

const security = { schemes: ['none'] as const, key: undefined, cert: undefined, ca: undefined };

/** What one side has received, once it is `length` bytes. */
function received(socket: Socket, length: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.length >= length) resolve(text);
    });
  });
}

async function shake(types: readonly number[], answer: string): Promise<{ client: string; error: unknown }> {
  const [client, clientEnd] = await pair();
  const [guestEnd, guest] = await pair();
  let seen = '';
  client.on('data', (chunk: Buffer) => (seen += chunk.toString('latin1')));
  guest.write('RFB 003.008\n');
  guest.write(Buffer.from([types.length, ...types]));
  client.write(answer);
  const error = await secureRfb(clientEnd, guestEnd, { ...security, schemes: ['none'] }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  clientEnd.end();
  await new Promise((resolve) => client.once('end', resolve));
  for (const socket of [client, clientEnd, guestEnd, guest]) socket.destroy();
  return { client: seen, error };
}

describe('the security proxy', () => {
  it('shows the client None, whatever else the guest offers, and hands on what follows', async () => {
    const [client, clientEnd] = await pair();
    const [guestEnd, guest] = await pair();
    const atGuest = received(guest, 13);
    const atClient = received(client, 12 + 2);
    guest.write('RFB 003.008\n');
    guest.write(Buffer.from([2, 16, 1]));
    client.write('RFB 003.008\n');
    client.write(Buffer.from([1]));
    const stream = await secureRfb(clientEnd, guestEnd, { ...security, schemes: ['none'] });
    assert.equal(await atClient, 'RFB 003.008\n\u0001\u0001');
    assert.equal(await atGuest, 'RFB 003.008\n\u0001');
    guest.write(Buffer.alloc(4));
    const rest = await new Promise<Buffer>((resolve) => stream.once('data', resolve));
    assert.deepEqual(rest, Buffer.alloc(4));
    for (const socket of [client, clientEnd, guestEnd, guest]) socket.destroy();
  });

  it('refuses a guest without a known type, and tells the client', async () => {
    const { client, error } = await shake([2], 'RFB 003.008\n');
    assert.match(String(error), /offers the security types 2/);
    assert.match(client, /No compute auth available/);
  });

  it('refuses other versions and what was not offered', async () => {
    assert.match(String((await shake([1], 'RFB 003.003\n')).error), /client speaks/);
    assert.match(String((await shake([1], 'RFB 003.008\n\u0002')).error), /security type 2/);
  });
});
