import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call, cast, defineContract, type } from './contract.js';
import type { ArgumentsOf, CallName, CastName, ResultOf } from './contract.js';

class ShowArgs {
  id!: string;
}

const contract = defineContract({
  topic: 'stars',
  namespace: 'albireo',
  version: '1.2',
  methods: {
    show: call({ args: ShowArgs, result: type<{ name: string }>(), idempotent: true }),
    show_explicit: call<ShowArgs, { name: string }>({ args: ShowArgs, timeout: 'long' }),
    list: call<string[]>({ args: null, idempotent: true }),
    forget: cast({ args: ShowArgs }),
    sweep: cast({ args: null }),
  },
});
type Stars = typeof contract;

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const proof = <T extends true>(value?: T): T | undefined => value;

describe('defineContract', () => {
  it('types calls, casts, arguments and results', () => {
    proof<Equal<CallName<Stars>, 'show' | 'show_explicit' | 'list'>>();
    proof<Equal<CastName<Stars>, 'forget' | 'sweep'>>();
    proof<Equal<ArgumentsOf<Stars, 'show'>, ShowArgs>>();
    proof<Equal<ArgumentsOf<Stars, 'list'>, null>>();
    proof<Equal<ArgumentsOf<Stars, 'forget'>, ShowArgs>>();
    proof<Equal<ArgumentsOf<Stars, 'sweep'>, null>>();
    proof<Equal<ResultOf<Stars, 'show'>, { name: string }>>();
    proof<Equal<ResultOf<Stars, 'show_explicit'>, { name: string }>>();
    proof<Equal<ResultOf<Stars, 'list'>, string[]>>();
    proof<Equal<ResultOf<Stars, 'forget'>, void>>();
    assert.equal(contract.methods.show.idempotent, true);
    assert.equal(contract.methods.show_explicit.timeout, 'long');
  });

  it('refuses what cannot be sent', () => {
    assert.throws(() => defineContract({ topic: 'a b', methods: {} }), /topic "a b"/);
    assert.throws(() => defineContract({ topic: 'a', version: '1', methods: {} }), /version "1"/);
    assert.throws(() => defineContract({ topic: 'a', methods: { 'a-b': cast({ args: null }) } }), /method "a-b"/);
  });
});
