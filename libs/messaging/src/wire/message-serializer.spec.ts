import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsString } from 'class-validator';
import { createContext } from '#libs/telemetry';
import { call, createTransport, defineContract, endpoint, RemoteError, RpcClient, RpcServer } from '../index.js';
import type { MessageSerializer } from '../index.js';

class TellArgs {
  @IsString()
  word!: string;
}

const tell = call<TellArgs, string>({ args: TellArgs });
const near = defineContract({ topic: 'near', methods: { tell } });
const far = defineContract({ topic: 'far', methods: { tell } });

describe('a serializer', () => {
  it('sees each argument, the result and the context on both sides', async () => {
    const wrap = (mark: string) => (_context: unknown, entity: unknown) => `${mark}(${String(entity)})`;
    const clientSide: MessageSerializer = {
      serializeEntity: wrap('cs'),
      deserializeEntity: wrap('cd'),
      serializeContext: (context) => ({ ...context, travelled: true }),
    };
    const serverSide: MessageSerializer = {
      serializeEntity: wrap('ss'),
      deserializeEntity: wrap('sd'),
      deserializeContext: (context) => ({ ...context, arrived: context['travelled'] }),
    };
    const transport = await createTransport({ url: 'memory://serializer' });
    const server = new RpcServer(transport, {
      topic: 'near',
      server: 'a',
      serializer: serverSide,
      endpoints: [endpoint(near, { tell: async (context, { word }) => `${word} ${String(context['arrived'])}` })],
    });
    await server.start();
    const client = new RpcClient(transport, near, { serializer: clientSide });
    assert.equal(await client.call(createContext(), 'tell', { word: 'x' }), 'cd(ss(sd(cs(x)) true))');
    await server.stop();
    await transport.stop();
  });
});

describe('exceptions of allowed modules', () => {
  for (const allowed of [true, false]) {
    it(allowed ? 'are handed on as they came' : 'are wrapped, when they are not allowed', async () => {
      const transport = await createTransport({
        url: `memory://exmods-${allowed}`,
        allowedRemoteExmods: allowed ? ['far.exception'] : [],
      });
      const client = new RpcClient(transport, far);
      const failure = { class: 'TooFar', module: 'far.exception', message: 'm', tb: [], args: ['m', 7], kwargs: {} };
      const servers = [
        new RpcServer(transport, {
          topic: 'far',
          server: 'a',
          endpoints: [
            endpoint(far, {
              tell: async () => {
                throw Object.assign(new Error('m'), { toRemoteFailure: () => failure });
              },
            }),
          ],
        }),
        new RpcServer(transport, {
          topic: 'near',
          server: 'a',
          endpoints: [endpoint(near, { tell: (context, args) => client.call(context, 'tell', args) })],
        }),
      ];
      for (const server of servers) await server.start();
      await assert.rejects(new RpcClient(transport, near).call(createContext(), 'tell', { word: 'x' }), (error) => {
        assert.ok(error instanceof RemoteError);
        const got = [error.excType, error.module];
        assert.deepEqual(got, allowed ? ['TooFar', 'far.exception'] : ['RemoteError', 'albireo']);
        return true;
      });
      for (const server of servers) await server.stop();
      await transport.stop();
    });
  }
});
