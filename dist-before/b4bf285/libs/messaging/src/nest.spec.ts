import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsString } from 'class-validator';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import {
  call,
  cast,
  createTransport,
  defineContract,
  ExpectedException,
  provideRpcClient,
  RemoteError,
  RpcClient,
  rpcClientToken,
  RpcEndpoint,
  RpcMethod,
  RpcTransportStrategy,
  TRANSPORT,
} from './index.js';
import type { Delivery } from './index.js';

class GreetArgs {
  @IsString()
  name!: string;
}

const contract = defineContract({
  topic: 'greeting',
  namespace: 'albireo',
  methods: { greet: call<GreetArgs, string>({ args: GreetArgs, idempotent: true }), forget: cast({ args: GreetArgs }) },
});

@Injectable()
class Words {
  hello(name: string): string {
    return `hello ${name}`;
  }
}

const forgotten: string[] = [];

@RpcEndpoint(contract)
class GreetingEndpoint {
  constructor(@Inject(Words) readonly words: Words) {}

  @RpcMethod('greet')
  async greet(context: RequestContext, args: GreetArgs, delivery: Delivery): Promise<string> {
    if (args.name === 'nobody') throw new ExpectedException('NobodyThere', 'nobody');
    return `${this.words.hello(args.name)} from ${context.user_id} in ${delivery.method}`;
  }

  @RpcMethod('forget')
  async forget(_context: RequestContext, args: GreetArgs): Promise<void> {
    forgotten.push(args.name);
  }
}

describe('in a Nest application', () => {
  it('serves endpoints with injected parts and gives typed clients', async () => {
    const url = 'memory://nest';
    const transport = await createTransport({ url });
    @Module({ controllers: [GreetingEndpoint], providers: [Words] })
    class ServerModule {}
    @Module({ providers: [{ provide: TRANSPORT, useValue: transport }, provideRpcClient(contract)] })
    class ClientModule {}

    const strategy = new RpcTransportStrategy({ transport, server: 'host1', topics: ['greeting'] });
    const server = await NestFactory.createMicroservice(ServerModule, { strategy, logger: false });
    await server.listen();
    const app = await NestFactory.createApplicationContext(ClientModule, { logger: false });
    const client: unknown = app.get(rpcClientToken(contract));
    assert.ok(client instanceof RpcClient);
    const greeting: RpcClient<typeof contract> = client;
    const context = createContext({ user_id: 'u1' });

    assert.equal(await greeting.call(context, 'greet', { name: 'world' }), 'hello world from u1 in greet');
    await assert.rejects(greeting.call(context, 'greet', { name: 'nobody' }), (error) => {
      assert.ok(error instanceof RemoteError);
      assert.equal(error.excType, 'NobodyThere');
      return true;
    });
    await greeting.cast(context, 'forget', { name: 'x' });
    await greeting.call(context, 'greet', { name: 'again' });
    await server.close();
    await app.close();
    await transport.stop();
    assert.deepEqual(forgotten, ['x']);
  });

  it('refuses a method that the contract does not have', () => {
    class Wrong {
      @RpcMethod('unknown')
      async unknown(): Promise<void> {
        // Never run.
      }
    }
    assert.throws(() => RpcEndpoint(contract)(Wrong), /no such method/);
  });
});
