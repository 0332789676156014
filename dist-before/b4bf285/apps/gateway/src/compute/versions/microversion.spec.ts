import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '../../edge/errors/fault.js';
import { MAX_MICROVERSION, requestedMicroversion } from './microversion.js';

const ask = (header?: string, legacy?: string): number =>
  requestedMicroversion({ 'openstack-api-version': header, 'x-openstack-nova-api-version': legacy });

describe('the microversion of a request', () => {
  it('is 2.1 without a header, and the newer header wins', () => {
    assert.equal(ask(), 1);
    assert.equal(ask(undefined, '2.37'), 37);
    assert.equal(ask('compute 2.90', '2.37'), 90);
    assert.equal(ask('identity 3.1, compute 2.12'), 12);
    assert.equal(ask('identity 3.1'), 1);
    assert.equal(ask('compute latest'), MAX_MICROVERSION);
  });

  it('is refused with 400 for its form and 406 for its bounds', () => {
    const status = (text: string): number => {
      try {
        ask(`compute ${text}`);
        return 200;
      } catch (error) {
        return error instanceof Fault ? error.status : 0;
      }
    };
    for (const text of ['2', '2.', 'x', '2.01', '2.1.1', '02.1', '2.-1', 'Latest'])
      assert.equal(status(text), 400, text);
    for (const text of ['2.0', '1.1', '3.1', `2.${MAX_MICROVERSION + 1}`, '2.99999999999999999999']) {
      assert.equal(status(text), 406, text);
    }
  });
});
