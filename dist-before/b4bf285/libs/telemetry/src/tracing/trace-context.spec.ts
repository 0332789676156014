import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createContext } from '../request-context.js';
import { addTraceHeaders, formatTraceparent, readTraceContext, setTrace, traceOf } from './trace-context.js';

const id = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

describe('readTraceContext', () => {
  it('reads what formatTraceparent writes', () => {
    const trace = readTraceContext({
      traceparent: `00-${id}-${span}-01`,
      tracestate: 'rojo=00f067aa0ba902b7, congo=t61',
    });
    assert.deepEqual(trace, { traceId: id, spanId: span, flags: 1, traceState: 'rojo=00f067aa0ba902b7,congo=t61' });
    assert.equal(formatTraceparent(trace), `00-${id}-${span}-01`);
  });

  it('takes a later version for what it knows of it', () => {
    assert.equal(readTraceContext({ traceparent: `cc-${id}-${span}-09-what-else` })?.traceId, id);
    const trace = readTraceContext({ traceparent: `cc-${id}-${span}-09` });
    assert.equal(trace && formatTraceparent(trace), `00-${id}-${span}-01`, 'unknown flags are not handed on');
  });

  for (const [why, traceparent] of [
    ['version ff', `ff-${id}-${span}-01`],
    ['more than version 00 has', `00-${id}-${span}-01-more`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${span}-01`],
    ['a span id of zeros', `00-${id}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${id.toUpperCase()}-${span}-01`],
    ['a header that came twice', `00-${id}-${span}-01, 00-${id}-${span}-01`],
    ['a line break', `00-${id}-${span}-01\n`],
  ] as const) {
    it(`ignores ${why}`, () => assert.equal(readTraceContext({ traceparent }), undefined));
  }

  it('drops a state that is not valid and keeps the trace', () => {
    for (const tracestate of [
      'no',
      'a=b\u0000',
      'x='.repeat(40),
      Array.from({ length: 33 }, (_, n) => `k${n}=v`).join(),
    ]) {
      const trace = readTraceContext({ traceparent: `00-${id}-${span}-00`, tracestate });
      assert.deepEqual([trace?.traceId, trace?.traceState], [id, undefined], tracestate);
    }
  });
});

describe('the trace of a request context', () => {
  it('is in copies, and in no JSON and no loop over its keys', () => {
    const trace = readTraceContext({ traceparent: `00-${id}-${span}-01` });
    const context = { ...setTrace(createContext({ user_id: 'u' }), trace) };
    assert.equal(traceOf(context), trace);
    assert.doesNotMatch(JSON.stringify(context), /4bf92f/);
    const keys: string[] = [];
    for (const key in context) keys.push(key);
    assert.ok(keys.every((key) => !key.includes('trace')));
    const headers: Record<string, string> = {};
    addTraceHeaders(headers, traceOf(context));
    assert.deepEqual(headers, { traceparent: `00-${id}-${span}-01` });
  });
});
