import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PlainOptions, faultsOf } from '../test/config-fixture.js';
import { ConfigOptions } from './groups/config.options.js';
import { RabbitOptions } from './groups/rabbit.options.js';

const groups = [PlainOptions, ConfigOptions, RabbitOptions];

describe('a misspelt name', () => {
  const rows: readonly (readonly [what: string, text: string, fault: string])[] = [
    ['has a letter too few', '[DEFAULT]\ncout = 1', '[DEFAULT] cout: unknown option, did you mean count?'],
    ['has two letters swapped', '[DEFAULT]\ncuont = 1', '[DEFAULT] cuont: unknown option, did you mean count?'],
    ['is in upper case', '[DEFAULT]\nCOUNT = 1', '[DEFAULT] COUNT: unknown option, did you mean count?'],
    [
      'is right in another group',
      '[DEFAULT]\nrabbit_quorum_queue = 1',
      '[DEFAULT] rabbit_quorum_queue: unknown option, did you mean [oslo_messaging_rabbit] rabbit_quorum_queue?',
    ],
    [
      'is nearly right, in another group',
      '[DEFAULT]\nrabbit_quorum_queu = 1',
      '[DEFAULT] rabbit_quorum_queu: unknown option, did you mean [oslo_messaging_rabbit] rabbit_quorum_queue?',
    ],
    [
      'is nearly one of nova, which has no use here',
      '[libvirt]\nvirt_typ = kvm',
      '[libvirt] virt_typ: unknown option, did you mean virt_type?',
    ],
    [
      'is in a group in lower case',
      '[default]\ncount = 1',
      '[default] count: unknown option in an unknown group, did you mean [DEFAULT]?',
    ],
    [
      'is in a group with spaces',
      '[ DEFAULT ]\ncount = 1',
      '[ default ] count: unknown option in an unknown group, did you mean [DEFAULT]?',
    ],
    [
      'is in a misspelt group',
      '[oslo_messaging_rabit]\nssl = 1',
      '[oslo_messaging_rabit] ssl: unknown option in an unknown group, did you mean [oslo_messaging_rabbit]?',
    ],
    [
      'is in a group that nobody has',
      '[rabbitmq]\nrabbit_quorum_queue = 1',
      '[rabbitmq] rabbit_quorum_queue: unknown option in an unknown group, did you mean [oslo_messaging_rabbit] rabbit_quorum_queue?',
    ],
    ['is like no other', '[DEFAULT]\nnobody_knows_it = 1', '[DEFAULT] nobody_knows_it: unknown option'],
  ];
  for (const [what, text, fault] of rows) {
    it(what, () => assert.deepEqual(faultsOf({ files: { 'a.conf': text }, groups }), [`a.conf:2: ${fault}`]));
  }

  it('of a variable is told, those of other programs are not', () => {
    const env = {
      OS_DEFAULT__CUONT: '1',
      OS_NOBODY__X: '1',
      OS_DEFAULT_COUNT: '1',
      OS_DEFAULT___COUNT: '1',
      os_default__text: '1',
      'OS_DEFAULT__OLD-COUNT': '1',
      OS_AUTH_URL: 'http://h/',
      OS_IMAGE_API_VERSION: '2',
      DEFAULT__COUNT: '1',
    };
    assert.deepEqual(faultsOf({ env, groups }), [
      'OS_DEFAULT__CUONT: [DEFAULT] cuont: unknown option, did you mean count?',
      'OS_NOBODY__X: [nobody] x: unknown option in an unknown group',
      'OS_DEFAULT___COUNT: [DEFAULT] _count: unknown option, did you mean count?',
      'OS_DEFAULT_COUNT: the variable sets nothing, did you mean OS_DEFAULT__COUNT?',
      'os_default__text: the variable sets nothing, did you mean OS_DEFAULT__TEXT?',
      'OS_DEFAULT__OLD-COUNT: the variable sets nothing, did you mean OS_DEFAULT__OLD_COUNT?',
    ]);
    assert.deepEqual(faultsOf({ env: { ...env, OS_CONFIG__UNKNOWN_OPTIONS: 'warn' }, groups }), []);
  });

  it('is told 20000 times in a file that is no configuration, and the end is reached', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `coun${index} = 1`);
    const faults = faultsOf({ files: { 'a.conf': `[DEFAULT]\n${lines.join('\n')}\n` }, groups });
    assert.equal(faults.length, 20_000);
    assert.equal(faults[0], 'a.conf:2: [DEFAULT] coun0: unknown option, did you mean count?');
  });
});
