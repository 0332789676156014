import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { instanceName } from '../../instances/instance-name.js';
import { sanitizeHostname } from './server-request.js';

describe('names of servers', () => {
  it('become host names as nova makes them', () => {
    assert.equal(sanitizeHostname('My Server_1.example'), 'my-server-1-example');
    assert.equal(sanitizeHostname('--ä ö--'), 'a-o');
    assert.equal(sanitizeHostname('日本'), '');
    assert.equal(sanitizeHostname('x'.repeat(100)).length, 63);
  });

  it('on the hypervisor follow the template', () => {
    const server = { id: 'u-u-i-d', number: 42, hostname: 'web' };
    assert.equal(instanceName('instance-%08x', server), 'instance-0000002a');
    assert.equal(instanceName('%(uuid)s', server), 'u-u-i-d');
    assert.equal(instanceName('%(hostname)s-%d-%%-%(other)s', server), 'web-42-%-%(other)s');
    assert.equal(instanceName('vm%5X', server), 'vm   2A');
  });
});
