import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allOptionGroups, loadConfiguration } from '#libs/config';
import { defaultWorkerCount, machineLimits } from '#libs/launcher';
import { describeEnabledApis } from './service-descriptions.js';

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
    const { workers } = defaultWorkerCount(machineLimits());
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
});
