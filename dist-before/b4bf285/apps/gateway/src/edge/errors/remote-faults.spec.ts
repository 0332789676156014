import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPECTED_ERRORS, EXPECTED_ERROR_MODULE, ExpectedError } from '#libs/contracts';
import { MessagingError, RemoteError } from '#libs/messaging';
import { remoteFault } from './remote-faults.js';

const remote = (type: string, module: string): RemoteError =>
  new RemoteError({ class: type, module, message: 'words', tb: ['secret'], args: [], kwargs: { id: 'x' } });

describe('errors of the bus', () => {
  it('that are expected have the status of their table', () => {
    for (const [code, { status }] of Object.entries(EXPECTED_ERRORS)) {
      const fault = remoteFault(remote(code, EXPECTED_ERROR_MODULE));
      assert.equal(fault?.status, status, code);
      assert.equal(fault?.message, 'words');
      assert.deepEqual(fault?.facts, { id: 'x' });
    }
    assert.equal(remoteFault(new ExpectedError('PortInUse', 'taken'))?.code, 'PortInUse');
  });

  it('that are nobody’s business stay a 500', () => {
    assert.equal(remoteFault(remote('InstanceNotFound', 'nova.exception')), undefined);
    assert.equal(remoteFault(remote('KeyError', 'builtins')), undefined);
    assert.equal(remoteFault(remote('constructor', EXPECTED_ERROR_MODULE)), undefined);
    assert.equal(remoteFault(new MessagingError('InvalidArguments', 'x')), undefined);
    assert.equal(remoteFault(new Error('x')), undefined);
    assert.equal(remoteFault('x'), undefined);
  });

  it('tell whether the request was run, and when to come again', () => {
    const away = remoteFault(new MessagingError('NoWorker', 'inner words'));
    assert.equal(away?.status, 503);
    assert.ok(away?.headers['retry-after']);
    assert.equal(away?.message.includes('inner words'), false);
    assert.equal(remoteFault(new MessagingError('BrokerUnavailable', ''))?.status, 503);
    assert.deepEqual(
      (['MessagingTimeout', 'OutcomeUnknown'] as const).map((code) => {
        const fault = remoteFault(new MessagingError(code, ''));
        return [fault?.status, fault?.code];
      }),
      [
        [504, 'MessagingTimeout'],
        [504, 'OutcomeUnknown'],
      ],
    );
  });
});
