import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ForbiddenException, Inject, Injectable, Module, UseGuards } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ClientProxy } from '@nestjs/microservices';
import { IsInt } from 'class-validator';
import { firstValueFrom } from 'rxjs';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { ExpectedException, MessagingError, RemoteError, RpcClient, call, cast, defineContract } from '../index.js';
import { InjectClientProxy, InjectRpcClient, MessagingModule, RpcEndpoint, RpcMethod } from '../nest.js';
import { testTransportUrl } from '../testing.js';

class SquareArgs {
  @IsInt()
  side!: number;
}

const shapes = defineContract({
  topic: 'shapes',
  namespace: 'albireo',
  methods: {
    area: call<SquareArgs, number>({ args: SquareArgs, idempotent: true }),
    wait: call<number>({ args: null }),
    forget: cast({ args: SquareArgs }),
  },
});

@Injectable()
class NotSeven implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    assert.equal(context.getType(), 'rpc');
    if (context.getArgByIndex<SquareArgs>(1).side === 7) throw new ForbiddenException('not seven');
    return true;
  }
}

@Injectable()
class Memory {
  readonly forgotten: number[] = [];
}

@RpcEndpoint(shapes)
class ShapesEndpoint {
  constructor(@Inject(Memory) private readonly memory: Memory) {}

  @UseGuards(NotSeven)
  @RpcMethod('area')
  async area(_context: RequestContext, args: SquareArgs): Promise<number> {
    if (args.side < 0) throw new ExpectedException('NegativeSide', 'a side is not negative');
    return args.side ** 2;
  }

  @RpcMethod('wait')
  wait(): Promise<number> {
    return new Promise(() => undefined);
  }

  @RpcMethod('forget')
  async forget(_context: RequestContext, args: SquareArgs): Promise<void> {
    this.memory.forgotten.push(args.side);
  }
}

@Injectable()
class Caller {
  constructor(
    @InjectRpcClient(shapes) readonly client: RpcClient<typeof shapes>,
    @InjectClientProxy(shapes) readonly proxy: ClientProxy,
  ) {}
}

@Module({ imports: [MessagingModule.forFeature([shapes])], providers: [ShapesEndpoint, Memory, Caller] })
class ShapesModule {}

async function running(body: (caller: Caller, memory: Memory) => Promise<void>, responseTimeoutMs = 5_000) {
  const useFactory = () => ({ url: testTransportUrl(), server: 'host1', responseTimeoutMs, workerGraceMs: 10 });
  @Module({ imports: [MessagingModule.forRootAsync({ useFactory }), ShapesModule] })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  try {
    await body(app.get(Caller), app.get(Memory));
  } finally {
    await app.close();
  }
}

describe('MessagingModule', () => {
  it('serves the endpoints among the providers and injects their clients', () =>
    running(async ({ client, proxy }, memory) => {
      assert.equal(await client.call(createContext(), 'area', { side: 3 }), 9);
      assert.equal(await firstValueFrom(proxy.send<number>('area', { side: 4 })), 16);
      await firstValueFrom(proxy.emit('forget', { side: 5 }), { defaultValue: undefined });
      // A queue is served in order.
      await client.call(createContext(), 'area', { side: 1 });
      assert.deepEqual(memory.forgotten, [5]);
    }));

  it('lets guards see each message, and errors keep their class', () =>
    running(async ({ client, proxy }) => {
      const isNegative = (error: unknown): boolean => error instanceof RemoteError && error.excType === 'NegativeSide';
      await assert.rejects(client.call(createContext(), 'area', { side: -1 }), isNegative);
      await assert.rejects(firstValueFrom(proxy.send('area', { side: -1 })), isNegative);
      await assert.rejects(client.call(createContext(), 'area', { side: 7 }), /not seven/);
    }));

  it('gives every send a deadline, and refuses a pattern that is no method of the kind', () =>
    running(async ({ proxy }) => {
      const code = (expected: string) => (error: unknown) => error instanceof MessagingError && error.code === expected;
      await assert.rejects(firstValueFrom(proxy.send('wait', {})), code('MessagingTimeout'));
      await assert.rejects(firstValueFrom(proxy.send('forget', { side: 1 })), code('InvalidTarget'));
      await assert.rejects(firstValueFrom(proxy.emit({ cmd: 'area' }, { side: 1 })), code('InvalidTarget'));
    }, 50));
});
