import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RpcServer, cast, createTransport, defineContract, endpoint } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { createContext } from '#libs/telemetry';
import { openMemoryStore } from '../testing/memory-store.js';
import type { Store } from '../store/index.js';
import { NetworkHints } from './network-hints.js';

/** The contract by which a host receives the topic's hints in this test. */
const hints = defineContract({
  topic: 'compute',
  namespace: 'albireo',
  version: '1.1',
  methods: { networks_changed: cast({ access: 'users', args: null, since: '1.1' }) },
});

describe('hints of changed networks', () => {
  let store: Store;
  let transport: Transport;
  before(async () => {
    store = await openMemoryStore();
    transport = await createTransport({ url: 'memory://network-hints' });
  });
  after(() => store.close());

  it('reach every host where there are real guests, several changes as one', async () => {
    const values = { node: 'a', vcpus: 1, memory: 1, disk: 1, host_ip: '192.0.2.1', hypervisor_type: 'QEMU' };
    await store.db
      .insertInto('compute_nodes')
      .values({ host: 'a', ...values })
      .execute();
    const heard: string[] = [];
    const servers: RpcServer[] = [];
    const told = ['a', 'b'].map(
      (server) =>
        new Promise<void>((resolve) => {
          const hearing = endpoint(hints, {
            networks_changed: async () => {
              heard.push(server);
              resolve();
            },
          });
          servers.push(new RpcServer(transport, { topic: 'compute', server, endpoints: [hearing] }));
        }),
    );
    for (const server of servers) await server.start();
    const network = new NetworkHints(store, transport);
    for (let count = 0; count < 5; count += 1) network.changed(createContext({ user_id: 'u' }));
    // The hint's timer does not keep the process alive.
    const alive = setInterval(() => undefined, 1_000);
    await Promise.all(told);
    clearInterval(alive);
    for (const server of servers) await server.stop();
    assert.deepEqual(heard.toSorted(), ['a', 'b']);
  });
});
