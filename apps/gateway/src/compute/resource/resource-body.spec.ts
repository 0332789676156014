import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Aggregate, Flavor, Keypair, ServerGroup, Service, declarationOf } from '#libs/contracts';
import type { InputOperation, ResourceClass } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { readBody } from './resource-body.js';
import { resourceView, sortKeysOf } from './resource-view.js';

const flavor = { name: 'f', vcpus: '1', ram: 64, disk: 1 };

function read(type: ResourceClass, body: unknown, version = 1, operation: InputOperation = 'post', legacy = false) {
  return readBody(declarationOf(type), operation, body, { microversion: version, legacy });
}

function refusal(...args: Parameters<typeof read>): string {
  try {
    read(...args);
  } catch (error) {
    assert.ok(error instanceof Fault);
    assert.equal(error.status, 400);
    return error.message;
  }
  throw new assert.AssertionError({ message: 'expected a 400' });
}

describe('bodies of declared resources of the Compute API', () => {
  it('have the names of the bus, converted, with defaults', () => {
    const body = { flavor: { ...flavor, id: 7, 'OS-FLV-EXT-DATA:ephemeral': '3', 'os-flavor-access:is_public': 'no' } };
    assert.deepEqual(read(Flavor, body), {
      id: '7',
      name: 'f',
      vcpus: 1,
      ram: 64,
      disk: 1,
      ephemeral: 3,
      swap: 0,
      rxtx_factor: 1,
      is_public: false,
    });
  });

  it('tell the bus what the microversion does not let the client say', () => {
    assert.deepEqual(read(Keypair, { keypair: { name: 'k' } }), { type: 'ssh', name: 'k' });
    assert.match(refusal(Keypair, { keypair: { name: 'k', type: 'ssh' } }), /'type' was unexpected/);
    assert.equal(Reflect.get(read(Flavor, { flavor }, 102), 'rxtx_factor'), 1);
  });

  it('know the fields of their microversion, and drop others for clients of v2.0', () => {
    const described = { flavor: { ...flavor, description: null } };
    assert.match(refusal(Flavor, described, 54), /'description' was unexpected/);
    assert.match(refusal(Flavor, { flavor: { ...flavor, rxtx_factor: 1 } }, 102), /'rxtx_factor' was unexpected/);
    assert.ok(!('description' in read(Flavor, described, 1, 'post', true)));
    const owned = { keypair: { name: 'k', user_id: 'u' } };
    assert.match(refusal(Keypair, owned, 9), /'user_id' was unexpected/);
    assert.deepEqual(read(Keypair, owned, 10), { name: 'k', type: 'ssh', user_id: 'u' });
    assert.match(refusal(ServerGroup, { server_group: { name: 'g' } }, 63), /'policies' is a required property/);
    assert.match(refusal(ServerGroup, { server_group: { name: 'g' } }, 64), /'policy' is a required property/);
  });

  it('say what is wrong in the words of JSON schema', () => {
    assert.match(refusal(Flavor, { flavor: { ...flavor, ram: 'much' } }), /attribute ram\. .*is not of type 'integer'/);
    assert.match(refusal(Flavor, { flavor: { ...flavor, ram: 0 } }), /0 is less than the minimum of 1/);
    assert.match(refusal(Flavor, { flavor: { ...flavor, name: ' f' } }), /^An invalid 'name' value was provided/);
    assert.match(refusal(Flavor, { flavor, more: 1 }), /'more' was unexpected/);
    assert.match(refusal(Flavor, {}), /'flavor' is a required property/);
    assert.match(refusal(Flavor, { flavor: [] }), /is not of type 'object'/);
    assert.match(refusal(Aggregate, { aggregate: {} }, 1, 'put'), /'name' is a required property/);
    assert.match(refusal(Flavor, { flavor: { name: 'other' } }, 55, 'put'), /'name' was unexpected/);
    const named: unknown = JSON.parse('{"flavor": {"__proto__": 1}}');
    assert.match(refusal(Flavor, named), /'__proto__' was unexpected/);
  });
});

describe('views of declared resources of the Compute API', () => {
  it('show the fields of the microversion and of the view', () => {
    const keypair = { number: 3, name: 'k', user_id: 'u', type: 'ssh', private_key: null } as const;
    assert.deepEqual(resourceView(Keypair, { name: 'k', type: 'ssh' }, { version: 1, view: 'brief' }), {
      name: 'k',
      public_key: undefined,
      fingerprint: undefined,
    });
    const made = resourceView(Keypair, keypair, { version: 2, view: 'created' });
    assert.deepEqual([made['type'], made['user_id'], 'private_key' in made, 'id' in made], ['ssh', 'u', false, false]);
    assert.equal(resourceView(Keypair, keypair, { version: 1, view: 'detail' })['id'], 3);
  });

  it('show one name with another field from a microversion on', () => {
    const view = (version: number) => resourceView(Service, { id: 'u', number: 7 }, { version, view: 'detail' })['id'];
    assert.deepEqual([view(52), view(53)], [7, 'u']);
  });

  it('lists are sorted by the keys that the declaration names', () => {
    assert.equal(sortKeysOf(Flavor, 101)['memory_mb'], 'ram');
    assert.equal('rxtx_factor' in sortKeysOf(Flavor, 101), true);
    assert.equal('rxtx_factor' in sortKeysOf(Flavor, 102), false);
  });
});
