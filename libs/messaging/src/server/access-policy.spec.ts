import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import {
  call,
  createTransport,
  defineContract,
  endpoint,
  explicitAccessPolicy,
  legacyAccessPolicy,
  RpcClient,
  RpcServer,
} from '../index.js';
import type { AccessPolicy, RpcServerOptions } from '../index.js';

const contract = defineContract({
  topic: 'doors',
  namespace: 'new',
  methods: {
    open: call<string>({ args: null }),
    shown: call<string>({ args: null, exposed: true }),
    _hidden: call<string>({ args: null }),
  },
});
const answer = async (): Promise<string> => 'ok';
const served = endpoint(contract, { open: answer, shown: answer, _hidden: answer }, { legacyNamespaces: [null] });
const context = createContext();

async function reachable(options: Partial<RpcServerOptions>, namespace = contract.namespace): Promise<string[]> {
  const transport = await createTransport({ url: 'memory://access' });
  const server = new RpcServer(transport, { topic: 'doors', server: 'a', endpoints: [served], ...options });
  await server.start();
  const client = new RpcClient(transport, { ...contract, namespace });
  const found: string[] = [];
  for (const method of ['open', 'shown', '_hidden'] as const) {
    await client.call(context, method, null).then(
      () => found.push(method),
      (error: { code?: string }) => assert.equal(error.code, 'NoSuchMethod'),
    );
  }
  await server.stop();
  await transport.stop();
  return found;
}

describe('access policies', () => {
  const cases: readonly [string, AccessPolicy | undefined, readonly string[]][] = [
    ['the default: no leading "_"', undefined, ['open', 'shown']],
    ['legacy: all', legacyAccessPolicy, ['open', 'shown', '_hidden']],
    ['explicit: what is exposed', explicitAccessPolicy, ['shown']],
  ];
  for (const [name, accessPolicy, expected] of cases) {
    it(name, async () => {
      assert.deepEqual(await reachable(accessPolicy === undefined ? {} : { accessPolicy }), expected);
    });
  }

  it('let an endpoint answer to its older namespaces', async () => {
    assert.deepEqual(await reachable({}, null), ['open', 'shown']);
  });
});
