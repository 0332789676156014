import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { helmVersions, missingKubeTools, render } from '#testing/helm';

const skip = await missingKubeTools();
const external = { rabbitmq: { enabled: false }, postgresql: { enabled: false } };

/** Values that must be refused, and what the message has to name. */
const refused: readonly (readonly [string, object, RegExp])[] = [
  ['a value that nobody knows', { gateway: { replica: 2 } }, /gateway.*replica/s],
  ['a misspelt option', { config: { DEFAULT: { debugg: true } } }, /debugg/],
  ['a misspelt section', { config: { databse: {} } }, /databse/],
  ['a number as text', { config: { quota: { instances: 'ten' } } }, /instances/],
  ['a choice that is none', { config: { messaging: { queue_naming: 'nova' } } }, /queue_naming/],
  ['a secret in config', { config: { database: { connection: 'postgresql://u:p@h/d' } } }, /connection/],
  ['an option that another value sets', { config: { DEFAULT: { rpc_workers: 3 } } }, /rpc_workers/],
  ['half a pod', { worker: { replicas: 0.5 } }, /replicas/],
  [
    'containers that would take the place of its own',
    { worker: { podTemplate: { spec: { containers: [] } } } },
    /podTemplate.*containers/s,
  ],
  ['a signing key that is too short', { secrets: { signingKeys: ['short'] } }, /signingKeys/],
  ['no broker', { rabbitmq: { enabled: false } }, /rabbitmq\.enabled is false: expected secrets\.transportUrl/],
  ['no database', { postgresql: { enabled: false } }, /postgresql\.enabled is false: expected secrets\.database/],
  ['two brokers', { secrets: { transportUrl: 'rabbit://u:p@h/' } }, /expected rabbitmq\.enabled=false/],
  [
    'two sources of secrets',
    { ...external, secrets: { existingSecret: 'mine', adminPassword: 'x' } },
    /existingSecret is set/,
  ],
  ['too little grace', { terminationGracePeriodSeconds: 30 }, /expected at least 75 .*, found 30/],
  [
    'draining without end',
    { config: { DEFAULT: { graceful_shutdown_timeout: 0 } } },
    /graceful_shutdown_timeout is 0.*terminationGracePeriodSeconds/,
  ],
  ['an Ingress without hosts', { ingress: { enabled: true } }, /at least one of ingress\.hosts/],
  [
    'a value of two lines',
    { config: { DEFAULT: { default_availability_zone: 'a\nb' } } },
    /config\.DEFAULT\.default_availability_zone: expected a value of one line/,
  ],
];

describe('the chart refuses', { skip }, () => {
  for (const [what, values, message] of refused) {
    it(what, async () => {
      for (const version of helmVersions) {
        const { code, stderr } = await render(values, version);
        assert.notEqual(code, 0, version);
        assert.match(stderr, message, version);
      }
    });
  }
});
