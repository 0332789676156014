import { describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { starsContract } from '../../test/stars-contract.js';
import type { RpcClient } from './rpc-client.js';

const context = createContext();

/** Checked by the compiler: each line below is an error without its comment, and an unneeded comment is an error. */
export async function wrongCalls(client: RpcClient<typeof starsContract>): Promise<void> {
  // @ts-expect-error -- no such method
  await client.call(context, 'nothing', null);
  // @ts-expect-error -- a cast has no answer
  await client.call(context, 'note', { note: 'x' });
  // @ts-expect-error -- a call is not cast
  await client.cast(context, 'who', null);
  // @ts-expect-error -- an argument is missing
  await client.call(context, 'echo', {});
  // @ts-expect-error -- an argument of another type
  await client.call(context, 'echo', { text: 7 });
  // @ts-expect-error -- an argument that the contract does not name
  await client.call(context, 'echo', { text: 'x', extra: 1 });
  // @ts-expect-error -- arguments of a method that takes none
  await client.call(context, 'who', { text: 'x' });
  // @ts-expect-error -- a result is not what one likes
  const wrong: number = await client.call(context, 'who', null);
  void wrong;
}

describe('RpcClient', () => {
  it('does not compile with a wrong method, argument or result', () => undefined);
});
