import { after, before, describe, it } from 'node:test';
import { missingPythonModules } from '#testing/peers';
import { startEmbedded } from '#testing/stack';
import type { Stack } from '#testing/stack';
import { runCommandFlow } from './command-flow.js';

describe(
  'the openstack command against albireo-server alone',
  { skip: missingPythonModules('openstackclient') },
  () => {
    let stack: Stack;
    before(async () => {
      stack = await startEmbedded();
    });
    after(() => stack?.stop());

    it('takes a server from create to gone', { timeout: 300_000 }, () => runCommandFlow(stack));
  },
);
