import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allOptionGroups, loadConfiguration } from '#libs/options';
import { defaultWorkerCount, machineLimits } from '#libs/launcher';
import { describeEnabledApis, workerCounts } from './service-descriptions.js';

const configuration = (env: Readonly<Record<string, string>>) =>
  loadConfiguration({
    program: 'albireo-gateway',
    version: '1',
    argv: [],
    env,
    groups: allOptionGroups,
    searchPath: [],
  });

describe('the APIs as the launcher gets them', () => {
  it('have the workers of their options, or as many as the machine has room for, of which the reason is told', () => {
    const told: string[] = [];
    const config = configuration({
      OS_DEFAULT__ENABLED_APIS: 'identity,osapi_compute',
      OS_DEFAULT__IDENTITY_WORKERS: '3',
    });
    const apis = describeEnabledApis(config, { onCount: (message) => told.push(message) });
    const { workers } = defaultWorkerCount(machineLimits(), [3, undefined]);
    assert.deepEqual(
      apis.map((api) => [api.name, api.workers, api.half]),
      [
        ['identity', 3, 'api'],
        ['osapi_compute', workers, 'api'],
      ],
    );
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^osapi_compute_workers is not set, starting \d+ \(.*CPUs give/);
  });

  it('have one number of processes where they share them: the largest that is set', () => {
    const config = configuration({
      OS_DEFAULT__API_PROCESSES: 'shared',
      OS_DEFAULT__IDENTITY_WORKERS: '2',
      OS_DEFAULT__IMAGE_WORKERS: '3',
    });
    const workers = new Set(describeEnabledApis(config).map((api) => api.workers));
    assert.deepEqual([...workers], [3]);
    assert.deepEqual(workerCounts(['identity', 'osapi_compute'], config), [2]);
  });

  it('count as one service for the memory of the machine where they share processes', () => {
    const told: string[] = [];
    const config = configuration({
      OS_DEFAULT__API_PROCESSES: 'shared',
      OS_DEFAULT__ENABLED_APIS: 'identity,osapi_compute',
    });
    const apis = describeEnabledApis(config, { onCount: (message) => told.push(message), beside: [1] });
    const { workers } = defaultWorkerCount(machineLimits(), [undefined, 1]);
    assert.deepEqual(
      apis.map((api) => api.workers),
      [workers, workers],
    );
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^identity_workers, osapi_compute_workers is not set, starting .* for one service\)$/);
  });
});
