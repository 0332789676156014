import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseExactly, stringifyExactly, TooDeepError } from './exact-json.js';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('exact JSON', () => {
  it('reads and writes NaN and Infinity as Python does', () => {
    const text = '{"a":NaN,"b":[Infinity,-Infinity,"NaN, -Infinity \\" NaN"],"NaN":null,"c":1.5}';
    const value = parseExactly(text);
    assert.deepEqual(value, {
      a: NaN,
      b: [Infinity, -Infinity, 'NaN, -Infinity " NaN'],
      NaN: null,
      c: 1.5,
    });
    assert.equal(stringifyExactly(value), text);
    assert.equal(stringifyExactly(NaN), 'NaN');
  });

  it('keeps integers beyond 2^53, and leaves all other numbers alone', () => {
    const text = '{"a":9007199254740993,"b":[-18446744073709551616,9007199254740991],"c":"9007199254740993","d":1e300}';
    const value = parseExactly(text);
    assert.deepEqual(value, {
      a: 9007199254740993n,
      b: [-18446744073709551616n, 9007199254740991],
      c: '9007199254740993',
      d: 1e300,
    });
    assert.equal(stringifyExactly(value), text.replace('1e300', '1e+300'));
    assert.deepEqual(parseExactly('{"a":[1,2.5,-0.25,1e3,9007199254740990]}'), {
      a: [1, 2.5, -0.25, 1000, 9007199254740990],
    });
  });

  it('refuses what is no JSON, also beside a NaN', () => {
    const texts = [
      '',
      '{',
      'NaN NaN',
      '{"a":-NaN}',
      '{"a":Infinit}',
      '{"a":NaNx}',
      '[NaN,]',
      '[NaN 1]',
      '{NaN:1}',
      '"NaN',
    ];
    for (const text of [
      ...texts,
      '[01,NaN]',
      '[1.,NaN]',
      '[+1,NaN]',
      '[012345678901234567890]',
      'NaN"',
      `[${'1'.repeat(5000)}]`,
    ]) {
      assert.throws(() => parseExactly(text), SyntaxError, text);
    }
  });

  it('ends in time on hostile text', () => {
    const startedAt = performance.now();
    for (const text of [
      '"\\'.repeat(200_000),
      '"NaN'.repeat(200_001),
      '1'.repeat(400_000) + 'NaN',
      '-'.repeat(400_000) + 'NaN',
    ]) {
      assert.throws(() => parseExactly(text), text.slice(0, 10));
    }
    assert.ok(performance.now() - startedAt < 5_000);
  });

  it('refuses what nests too deep or within itself, in both directions', () => {
    parseExactly(nested(100));
    assert.throws(() => parseExactly(nested(101)), TooDeepError);
    assert.throws(() => parseExactly(`[NaN,${nested(100)}]`), TooDeepError);
    assert.throws(() => stringifyExactly(JSON.parse(nested(101))), TooDeepError);
    const loop: unknown[] = [];
    loop.push(loop);
    assert.throws(() => stringifyExactly(loop), /circular/);
  });

  it('writes what JSON.stringify writes of everything else', () => {
    const date = new Date(0);
    const proto: unknown = JSON.parse('{"__proto__":{"x":1},"a":null}');
    for (const value of [null, undefined, 'x', { a: undefined, b: [undefined, date] }, proto, { toJSON: () => 7 }]) {
      assert.equal(stringifyExactly(value), JSON.stringify(value) ?? 'null');
    }
    assert.deepEqual(Object.keys(parseExactly('{"__proto__":{"x":NaN}}') as object), ['__proto__']);
  });
});
