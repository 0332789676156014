import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DocumentError } from '../documents/yaml-source.js';
import { FaultPlan } from './fault-plan.js';
import { readFaultRules } from './fault-rules.js';
import { globPattern } from './fault-plan.js';
import { SCENARIOS } from './scenarios.js';

const errors = ['Unexpected', 'QuotaExceeded', 'IpAddressGenerationFailure', 'ExternalIpAddressExhausted'];
const read = (text: string) => readFaultRules(text, 'faults.yaml', errors);

function planOf(text: string, seed = 1): FaultPlan {
  const plan = new FaultPlan();
  plan.enable(seed);
  plan.add(read(text));
  return plan;
}

describe('rules of faults', () => {
  it('tell all that is wrong with them, each with its line', () => {
    const text = [
      'faults:',
      '  - http: {path: servers}',
      '    status: 200',
      '  - rpc: {topic: conductor}',
      '    driver: {}',
      '    drop: true',
      '  - driver: {operation: fly}',
      '    cut: true',
      '    tiems: 3',
      '  - rpc: {}',
      '    error: NoSuchError',
      '  - http: {}',
    ].join('\n');
    assert.throws(
      () => read(text),
      (error: unknown) => {
        assert.ok(error instanceof DocumentError);
        assert.deepEqual(
          error.faults.map(({ line, message }) => `${line} ${message.replace(/,.*/, '')}`),
          [
            '2 faults[0].http.path: expected a path that begins with / or *',
            '3 faults[0].status: expected a whole number from 400 to 599',
            '4 faults[1]: expected exactly one of http',
            '7 faults[2].driver.operation: expected one of spawn',
            '8 faults[2].cut: does not go with driver',
            '9 faults[2].tiems: unknown',
            '11 faults[3].error: expected one of Unexpected',
            '12 faults[4]: expected what happens: one of delay',
          ],
        );
        return true;
      },
    );
    assert.throws(() => read('faults: [}'), DocumentError);
    assert.throws(
      () => read('- {id: a, http: {}, delay: 1}\n- {id: a, http: {}, delay: 1}'),
      /:2: .*another rule has the id "a"/,
    );
  });

  it('hit in the same way with the same seed, and in another with another one', () => {
    const text = '- {id: flaky, http: {api: compute}, status: 503, probability: 0.5}';
    const run = (seed: number): string => {
      const plan = planOf(text, seed);
      return Array.from({ length: 64 }, () => (plan.decide('http', { api: 'compute' }) ? 'x' : '.')).join('');
    };
    assert.equal(run(1), run(1));
    assert.notEqual(run(1), run(2));
    const hits = run(1).replaceAll('.', '').length;
    assert.ok(hits > 16 && hits < 48, `${hits} of 64`);
  });

  it('count: some matches pass, then it takes effect so often', () => {
    const plan = planOf('- {id: a, rpc: {topic: network, method: "port_*"}, error: Unexpected, after: 2, times: 1}');
    const facts = { topic: 'network', method: 'port_create' };
    assert.deepEqual(
      [1, 2, 3, 4].map(() => plan.decide('rpc', facts)?.id),
      [undefined, undefined, 'a', undefined],
    );
    assert.equal(plan.decide('rpc', { topic: 'network', method: 'network_get' }), undefined);
    assert.deepEqual(
      plan.list().map(({ matches, hits, isOver }) => ({ matches, hits, isOver })),
      [{ matches: 3, hits: 1, isOver: true }],
    );
    assert.equal(plan.log.length, 1);
    plan.clear();
    assert.equal(plan.has('rpc'), false);
  });

  it('match by globs', () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ['/servers', '/servers', true],
      ['/servers/*', '/servers/1', true],
      ['/servers/*', '/servers/1/action', false],
      ['/servers/**', '/servers/1/action', true],
      ['/{ports,networks}', '/ports', true],
      ['/{ports,networks}', '/subnets', false],
      ['/a.b', '/axb', false],
      ['*', '/x', false],
      ['**', '/x', true],
      ['a{b', 'a{b', true],
    ];
    for (const [glob, text, fits] of cases) assert.equal(globPattern(glob).test(text), fits, `${glob} ${text}`);
  });

  it('are told to the response that waited for them, and to no response of a cast', async () => {
    const plan = planOf('[{id: a, driver: {}, fail: true}]');
    const meet = async (): Promise<void> => {
      const fault = plan.decide('driver', {});
      if (fault !== undefined) plan.meet(fault);
    };
    await plan.answering('req-1', () => plan.answering(undefined, meet));
    assert.equal(plan.metBy('req-1'), undefined);
    await plan.answering('req-1', meet);
    assert.equal(plan.metBy('req-1'), 'a');
    assert.equal(plan.metBy('req-1'), undefined);
  });

  it('of every scenario are rules that anyone can write', () => {
    for (const { rules } of Object.values(SCENARIOS)) assert.ok(read(JSON.stringify(rules)).length > 0);
  });
});
