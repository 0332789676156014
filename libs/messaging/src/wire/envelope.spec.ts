import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createContext } from '#libs/telemetry';
import { readDeadline } from '../timing/deadline.js';
import { decodeReply, decodeRequest, encodeReply, encodeRequest, MalformedMessage } from './envelope.js';

const fields = {
  method: 'ping',
  args: { arg: 'é "' },
  namespace: 'albireo',
  version: '1.0',
  uniqueId: 'u1',
  context: createContext({ user_id: 'demo', roles: ['admin'] }),
};

describe('envelope', () => {
  it('writes the keys of oslo.messaging in its order', () => {
    const outer = JSON.parse(
      encodeRequest({ ...fields, call: { msgId: 'm', replyQueue: 'q', monitorSeconds: null } }),
    ) as Record<string, string>;
    assert.deepEqual(Object.keys(outer), ['oslo.version', 'oslo.message']);
    const inner = JSON.parse(outer['oslo.message'] ?? '') as Record<string, unknown>;
    assert.deepEqual(Object.keys(inner).slice(0, 8), [
      'method',
      'args',
      'namespace',
      'version',
      '_msg_id',
      '_reply_q',
      '_timeout',
      '_unique_id',
    ]);
    assert.equal(inner['_context_user_id'], 'demo');
  });

  it('writes all that a context may hold, and no token', () => {
    const values = { 'a"b': 'ü\n"', large: 10n ** 20n, none: null, list: [Number.NaN], flag: false };
    const context = { ...fields.context, ...values, auth_token: 'secret', absent: undefined, run: () => 1 };
    const body = encodeRequest({ ...fields, context });
    assert.deepEqual(decodeRequest(body).context, { ...fields.context, ...values });
    for (const left of ['secret', 'absent', 'run']) assert.equal(body.includes(left), false, left);
  });

  it('refuses to write what is nested deeper than a reader takes', () => {
    const nested = (levels: number): object => (levels === 0 ? {} : { in: nested(levels - 1) });
    assert.deepEqual(decodeRequest(encodeRequest({ ...fields, args: nested(98) })).args, nested(98));
    assert.throws(() => encodeRequest({ ...fields, args: nested(99) }), /nested deeper/);
  });

  it('reads what it wrote', () => {
    const request = decodeRequest(encodeRequest(fields));
    assert.deepEqual(request.args, fields.args);
    assert.deepEqual(request.context, { ...fields.context });
    assert.equal(request.msgId, null);
    const body = encodeReply({ result: undefined, failure: null, ending: true, msgId: 'm', uniqueId: 'u' });
    assert.deepEqual(decodeReply(body), { msgId: 'm', ending: true, result: null, failure: null });
    const plain = encodeReply({ result: ['é'], failure: null, ending: true, msgId: 'm', uniqueId: 'u' }, 'plain');
    assert.deepEqual(JSON.parse(plain), { result: ['é'], failure: null, ending: true, _msg_id: 'm', _unique_id: 'u' });
    assert.deepEqual(decodeReply(plain), { msgId: 'm', ending: true, result: ['é'], failure: null });
  });

  it('reads a real message of Python, without an envelope too', () => {
    const inner = {
      method: 'ping',
      args: {},
      version: '3.0',
      _context_auth_token: 'secret',
      _context___proto__: { x: 1 },
    };
    for (const body of [
      JSON.stringify(inner),
      JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(inner) }),
    ]) {
      const request = decodeRequest(body);
      assert.equal(request.version, '3.0');
      assert.equal(request.context['auth_token'], undefined);
      assert.equal(request.context['x'], undefined);
    }
  });

  it('refuses everything else with one kind of error', () => {
    const deep = `{"method":"a","args":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    const bodies = ['', 'x', '[]', '7', 'null', '{}', '{"method":[]}', '{"method":"a","args":[]}', deep];
    bodies.push('{"oslo.version":"2.1","oslo.message":"{}"}', '{"oslo.version":"2.0","oslo.message":{}}');
    bodies.push('{"method":"a","namespace":7}', '{"method":"a","_msg_id":{}}');
    for (const body of bodies) assert.throws(() => decodeRequest(body), MalformedMessage, body.slice(0, 50));
  });
});

describe('deadline', () => {
  it('is the smaller of budget and absolute time, and ignores a clock that is ahead', () => {
    const now = 1_000_000;
    assert.deepEqual(readDeadline(`500@${now + 500}`, 2_000, now), { remainingMs: 500, skewMs: null });
    assert.deepEqual(readDeadline(`5000@${now - 3_000}`, 2_000, now), { remainingMs: -1_000, skewMs: null });
    assert.deepEqual(readDeadline(`500@${now + 60_000}`, 2_000, now), { remainingMs: 500, skewMs: 59_500 });
    assert.equal(readDeadline('nonsense', 2_000, now), null);
    assert.equal(readDeadline(undefined, 2_000, now), null);
  });
});
