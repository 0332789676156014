import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { allOptionGroups } from '../groups/all-groups.js';
import { HealthOptions } from '../groups/launcher.options.js';
import { LoggingOptions } from '../groups/logging.options.js';
import { MessagingOptions } from '../groups/messaging.options.js';
import { CorsOptions, PolicyOptions } from '../groups/middleware.options.js';
import { OptionTable } from '../internal/option-table.js';
import { loadConfiguration } from '../load-configuration.js';
import { runMain } from '../run-main.js';
import { findProgram, programs } from './programs.js';

const load = (name: string, env: Readonly<Record<string, string>> = {}) => {
  const program = findProgram(name);
  assert.ok(program);
  const { defaults, required } = program;
  return loadConfiguration({
    program: name,
    version: '1',
    argv: [],
    env,
    groups: allOptionGroups,
    searchPath: [],
    defaults,
    required,
  });
};
const broker = { OS_DEFAULT__TRANSPORT_URL: 'rabbit://u:p@broker/' };

describe('the table of programs', () => {
  it('has every program of the package, and names only options that there are', () => {
    const text = readFileSync(new URL('../../../../../package.json', import.meta.url), 'utf8');
    const { bin } = JSON.parse(text) as { bin: Record<string, string> };
    assert.deepEqual(programs.map(({ name }) => name).toSorted(), Object.keys(bin).toSorted());
    const table = new OptionTable(allOptionGroups);
    for (const { defaults, required } of programs) {
      const named = Object.entries(defaults).flatMap(([group, values]) =>
        Object.entries(values).map(([name, value]) => ({ group, name, value })),
      );
      for (const { group, name, value } of named) {
        const option = table.find(group, name)?.option;
        assert.ok(option, `${group}.${name}`);
        assert.deepEqual(option.type.parse(option.type.format(value)), value);
      }
      for (const key of required) {
        const [group = '', name = ''] = key.split('.');
        assert.ok(table.find(group, name), key);
      }
    }
  });

  it('gives each program its own defaults, which any source outweighs', () => {
    assert.equal(load('albireo-gateway', broker).get(HealthOptions).port, 8790);
    assert.equal(load('albireo-worker', broker).get(HealthOptions).port, 8791);
    assert.equal(load('albireo-worker', { ...broker, OS_HEALTH__PORT: '0' }).get(HealthOptions).port, 0);
    const server = load('albireo-server');
    assert.equal(server.get(HealthOptions).listen, '127.0.0.1');
    assert.equal(server.get(HealthOptions).port, 8790);
    assert.equal(server.get(MessagingOptions).transportUrl, 'memory://');
  });

  it('is what runMain takes for a name of the product: defaults, summary, required options', async () => {
    let out = '';
    let err = '';
    const surroundings = {
      argv: [] as readonly string[],
      env: { HOME: '/nonexistent', OS_API__MAX_LIMIT: 'many' },
      out: (text: string) => void (out += text),
      err: (text: string) => void (err += text),
      exit: () => undefined,
    };
    await runMain('albireo-worker', () => Promise.resolve(0), surroundings);
    assert.match(err, /\[api\] max_limit: expected an integer/);
    assert.match(err, /\[DEFAULT\] transport_url: a value is required/);
    await runMain('albireo-worker', () => Promise.resolve(0), { ...surroundings, argv: ['--help'] });
    assert.match(out, /The RPC topics of enabled_topics\./);
  });

  it("has in force what nova's set_lib_defaults sets: exchange, log levels, headers of CORS, policy file", () => {
    for (const { name } of programs) {
      const config = load(name, broker);
      assert.equal(config.get(MessagingOptions).controlExchange, 'albireo');
      assert.ok(config.get(LoggingOptions).defaultLogLevels.includes('amqplib=WARN'));
      const { allowHeaders, exposeHeaders, allowMethods } = config.get(CorsOptions);
      assert.ok(allowHeaders.includes('X-Auth-Token') && allowHeaders.includes('OpenStack-API-Version'));
      assert.ok(exposeHeaders.includes('X-Openstack-Request-Id') && exposeHeaders.includes('X-Subject-Token'));
      assert.deepEqual(allowMethods, ['GET', 'PUT', 'POST', 'DELETE', 'PATCH']);
      assert.equal(config.get(PolicyOptions).policyFile, 'policy.yaml');
    }
  });
});
