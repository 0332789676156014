import { Allow } from 'class-validator';
import { createContext } from '#libs/telemetry';
import { call, cast, createTransport, defineContract, endpoint, RpcClient, RpcServer } from '#libs/messaging';
import { exchange, topic } from './candidate.js';
import type { Candidate } from './candidate.js';

class EchoArgs {
  @Allow()
  payload!: object;
}

const contract = defineContract({
  topic,
  namespace: 'albireo',
  methods: { echo: call<EchoArgs, object>({ args: EchoArgs, idempotent: true }), note: cast({ args: EchoArgs }) },
});
const context = createContext({ user_id: 'u'.repeat(32), project_id: 'p'.repeat(32) });

export const ours: Candidate = {
  async serve(url) {
    const transport = await createTransport({ url, controlExchange: exchange });
    const endpoints = [
      endpoint(contract, { echo: async (_context, args) => args.payload, note: async () => undefined }),
    ];
    const server = new RpcServer(transport, { topic, server: 'host1', endpoints, concurrency: 1024, prefetch: 256 });
    await server.start();
    return async () => {
      await server.stop();
      await transport.stop();
    };
  },
  async connect(url) {
    const transport = await createTransport({ url, controlExchange: exchange });
    const client = new RpcClient(transport, contract);
    return {
      call: (payload) => client.call(context, 'echo', { payload }),
      cast: (payload) => client.cast(context, 'note', { payload }),
      close: () => transport.stop(),
    };
  },
};
