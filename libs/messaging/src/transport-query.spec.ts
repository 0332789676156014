import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { missingPath } from '#testing/missing-path';
import { loadConfiguration } from '#libs/config';
import { MessagingBehaviourOptions, MessagingOptions, RabbitOptions } from './options.js';
import { createTransport, MessagingError, openConfiguredTransport } from './index.js';
import type { MessagingObserver, Transport } from './index.js';
import { rabbitSettings } from './transport/rabbit-query.js';

const clientHello = 0x16;

describe('the query of a transport URL', () => {
  let server: Server;
  let url: string;
  before(async () => {
    server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `rabbit://u:p@127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => server.close());

  /** The first byte that the broker receives. */
  async function firstByte(opening: Promise<Transport>): Promise<number | undefined> {
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const transport = await opening;
    const [socket] = await connected;
    socket.on('error', () => undefined);
    const [data] = (await once(socket, 'data')) as [Buffer];
    // Stopped first, so that it does not reconnect.
    const stopped = transport.stop();
    socket.destroy();
    await stopped;
    return data[0];
  }

  function configured(
    transportUrl: string,
    env: Record<string, string> = {},
    observer: MessagingObserver = {},
  ): Promise<Transport> {
    const config = loadConfiguration({
      program: 'albireo-worker',
      version: '0',
      argv: [],
      env: { OS_DEFAULT__TRANSPORT_URL: transportUrl, ...env },
      groups: [MessagingOptions, MessagingBehaviourOptions, RabbitOptions],
    });
    return openConfiguredTransport(config, 'albireo-worker', { observer });
  }

  it('with ssl never connects in the clear, whatever the file says', async () => {
    for (const query of ['?ssl=1', '?ssl=true', '?ssl=on&ssl_version=TLSv1_2']) {
      assert.equal(await firstByte(createTransport({ url: url + query })), clientHello, query);
      assert.equal(await firstByte(configured(url + query)), clientHello, query);
    }
    const file = { OS_OSLO_MESSAGING_RABBIT__SSL: 'true' };
    assert.equal(await firstByte(configured(url, file)), clientHello);
    assert.equal(await firstByte(configured(`${url}?heartbeat_timeout_threshold=30`, file)), clientHello);
  });

  it('with ssl=1 alone uses the authority that the file names', async () => {
    const file = { OS_OSLO_MESSAGING_RABBIT__SSL_CA_FILE: missingPath };
    const warned = new Promise<string>((resolve) => {
      const observer = {
        warn: (_text: string, fields?: Readonly<Record<string, unknown>>) => resolve(String(fields?.['reason'])),
      };
      void configured(`${url}?ssl=1`, file, observer).then((transport) => warned.then(() => transport.stop()));
    });
    const reason = await warned;
    assert.ok(reason.includes('ENOENT') && reason.includes(missingPath), reason);
  });

  it('with ssl=0 overrides the file too', async () => {
    const file = { OS_OSLO_MESSAGING_RABBIT__SSL: 'true' };
    assert.equal(await firstByte(configured(`${url}?ssl=0`, file)), 'A'.charCodeAt(0));
  });

  it('refuses an unknown name before anything is connected', async () => {
    await assert.rejects(createTransport({ url: `${url}?sll=1` }), (error) => {
      assert.ok(error instanceof MessagingError && error.code === 'InvalidTransportUrl');
      assert.match(error.message, /"sll" in the query is no option .* did you mean "ssl"\?/);
      return true;
    });
    assert.throws(() => void configured(`${url}?ssl=1&nonsense=1`), /"nonsense" in the query/);
  });

  it('leaves what it does not name as it was', () => {
    const base = { amqpDurableQueues: true, tls: { caFile: '/ca' } };
    assert.deepEqual(rabbitSettings({ rabbitQuorumQueue: true }, base), { ...base, rabbitQuorumQueue: true });
    assert.deepEqual(rabbitSettings({ sslKeyFile: '/k' }, base).tls, { caFile: '/ca', keyFile: '/k' });
    assert.equal(rabbitSettings({ ssl: false }, base).tls, null);
    assert.deepEqual(rabbitSettings({ ssl: true, sslCaFile: '/ca' }).tls, { caFile: '/ca' });
  });
});
