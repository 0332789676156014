import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allOptionGroups, loadConfiguration } from '#libs/options';
import type { Configuration } from '#libs/config';
import { isEmbedded, refuseMoreWorkers } from './run-server.js';

function configure(env: Readonly<Record<string, string>>): Configuration {
  return loadConfiguration({
    program: 'albireo-server',
    version: '0',
    argv: [],
    env,
    groups: allOptionGroups,
    searchPath: [],
  });
}

describe('the embedded server', () => {
  it('is one that has its messages or its database inside the process', () => {
    const rabbit = { OS_DEFAULT__TRANSPORT_URL: 'rabbit://u:p@host/' };
    const postgres = { OS_DATABASE__CONNECTION: 'postgresql://u:p@host/albireo' };
    assert.equal(isEmbedded(configure({})), true);
    assert.equal(isEmbedded(configure(rabbit)), true);
    assert.equal(isEmbedded(configure(postgres)), true);
    assert.equal(isEmbedded(configure({ ...rabbit, ...postgres })), false);
  });

  it('refuses more workers and names the way to have them', () => {
    assert.doesNotThrow(() => refuseMoreWorkers(configure({ OS_DEFAULT__RPC_WORKERS: '1' })));
    const config = configure({ OS_DEFAULT__RPC_WORKERS: '4', OS_DEFAULT__API_WORKERS: '2' });
    assert.throws(
      () => refuseMoreWorkers(config),
      /network_workers = 2, rpc_workers = 4: .* transport_url = rabbit:\/\//,
    );
  });
});
