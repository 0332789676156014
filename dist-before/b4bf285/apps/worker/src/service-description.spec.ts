import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartError } from '#libs/config';
import { defaultWorkerCount, machineLimits } from '#libs/launcher';
import { checkWorker, describeWorker } from './service-description.js';
import { testConfiguration } from './testing/memory-worker.js';

const onServers = {
  OS_DEFAULT__TRANSPORT_URL: 'rabbit://u:p@broker/',
  OS_DATABASE__CONNECTION: 'postgresql://u:p@database/albireo',
};

describe('the number of worker processes', () => {
  it('is rpc_workers', () => {
    const config = testConfiguration({ ...onServers, OS_DEFAULT__RPC_WORKERS: '7' });
    const told: string[] = [];
    assert.equal(describeWorker(config, (message) => told.push(message)).workers, 7);
    assert.deepEqual(told, []);
  });

  it('is what the machine has room for when that is unset, and the reason is told', () => {
    const told: string[] = [];
    const { workers } = describeWorker(testConfiguration(onServers), (message) => told.push(message));
    assert.equal(workers, defaultWorkerCount(machineLimits()).workers);
    assert.match(told.join('\n'), /^rpc_workers is not set, starting \d+ \(.* CPUs give .* MiB each give \d+\)$/);
  });

  it('is one on the embedded database, and more are refused', () => {
    const embedded = { OS_DEFAULT__TRANSPORT_URL: onServers.OS_DEFAULT__TRANSPORT_URL };
    assert.equal(describeWorker(testConfiguration(embedded)).workers, 1);
    checkWorker(testConfiguration(embedded));
    assert.throws(
      () => checkWorker(testConfiguration({ ...embedded, OS_DEFAULT__RPC_WORKERS: '2' })),
      (error) => error instanceof StartError && /rpc_workers = 2: the embedded database/.test(error.message),
    );
  });
});
