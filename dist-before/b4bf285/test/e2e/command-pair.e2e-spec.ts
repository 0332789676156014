import { after, before, describe, it } from 'node:test';
import { missingPythonModules } from '#testing/peers';
import { startPair } from '#testing/stack';
import type { Pair } from '#testing/stack';
import { runCommandFlow } from './command-flow.js';

describe(
  'the openstack command against a gateway and two workers on RabbitMQ and PostgreSQL',
  { skip: missingPythonModules('openstackclient') },
  () => {
    let pair: Pair;
    before(async () => {
      pair = await startPair({ workers: 2 });
    });
    after(() => pair?.stop());

    it('takes a server from create to gone', { timeout: 300_000 }, () => runCommandFlow(pair));
  },
);
