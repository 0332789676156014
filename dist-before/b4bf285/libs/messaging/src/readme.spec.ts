import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { IsInt } from 'class-validator';
import { createContext } from '#libs/telemetry';
import { call, createTransport, defineContract, endpoint, ExpectedException, RpcClient, RpcServer } from './index.js';

/** The README's example; the test below holds the two to the same text. */
async function example(): Promise<number> {
  // --- README
  class SquareArgs {
    @IsInt()
    side!: number;
  }

  const shapes = defineContract({
    topic: 'shapes',
    namespace: 'albireo',
    version: '1.0',
    methods: { area: call<SquareArgs, number>({ args: SquareArgs, idempotent: true }) },
  });

  const transport = await createTransport({ url: 'memory://' }); // or rabbit://user:password@host:5672/vhost

  const server = new RpcServer(transport, {
    topic: 'shapes',
    server: 'host1',
    endpoints: [
      endpoint(shapes, {
        area: async (_context, args) => {
          if (args.side < 0) throw new ExpectedException('NegativeSide', 'a side is not negative');
          return args.side ** 2;
        },
      }),
    ],
  });
  await server.start();

  const client = new RpcClient(transport, shapes);
  const area = await client.call(createContext(), 'area', { side: 3 }); // a wrong name or argument does not compile

  await server.stop();
  await transport.stop();
  // --- end
  return area;
}

it('the example of the README runs', async () => {
  assert.equal(await example(), 9);
  const folder = new URL('../../../../libs/messaging/', import.meta.url);
  const shown = /```ts\n([\s\S]*?)```/.exec(readFileSync(new URL('README.md', folder), 'utf8'))?.[1] ?? '';
  const own = readFileSync(new URL('src/readme.spec.ts', folder), 'utf8');
  const run = /\/\/ --- README\n([\s\S]*?) {2}\/\/ --- end/.exec(own)?.[1] ?? '';
  const body = shown.replace(/^import [\s\S]*?;\n/gm, '').trim();
  assert.equal(run.replace(/^ {2}/gm, '').trim(), body);
});
