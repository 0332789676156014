import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { validateSync } from 'class-validator';
import { compileChecks } from '#libs/messaging';
import {
  AddressGroup,
  Network,
  Port,
  Subnet,
  networkContract,
  networkPolicy,
  networkResources,
} from '../network/index.js';
import { flag, text, whole } from '../network/types/plain-types.js';
import { Field, fieldsOf, readOnly } from './field.js';
import { askedRules, guardsOf } from './guards.js';
import { inputChecker } from './input.js';
import { jsonParts, jsonText } from './json-types.js';
import { resourceMethods } from './resource-methods.js';
import { Resource, declarationOf } from './resource.js';

const notFound = { code: 'NetworkNotFound', text: '%s' };

class Thing {
  @Field(text(8), { default: '' }) readonly name!: string;
  @Field(flag, { name: 'thing:open' }) readonly thing_open!: boolean;
}

@Resource({
  api: 'network',
  singular: 'part',
  plural: 'parts',
  notFound,
  parent: { type: Network, field: 'network_id' },
})
class Part extends Thing {
  @Field(whole(1, 9), readOnly) readonly size!: number;
  @Field(text(4)) override readonly name!: string;
}

describe('an object in a value', () => {
  const either = jsonParts<{ id?: string; name?: string }>(
    { id: jsonText({ least: 1, most: 4 }), name: jsonText({ most: 8 }) },
    ['id'],
    ['name'],
  );

  it('has one of the groups of keys, and no others', () => {
    assert.equal(either.refuse({ id: 'a' }), undefined);
    assert.equal(either.refuse({ name: '' }), undefined);
    assert.equal(either.refuse({}), "'id' is a required property");
    assert.equal(either.refuse(['id']), `'["id"]' is not of type 'object'`);
    assert.equal(either.refuse({ id: '' }), "'' is too short");
    assert.equal(either.refuse({ id: null, name: 'n' }), "'None' is not of type 'string'");
    assert.match(either.refuse({ id: 'a', constructor: 1 }) ?? '', /'constructor' was unexpected/);
    assert.deepEqual(either.schema['anyOf'], [{ required: ['id'] }, { required: ['name'] }]);
  });
});

describe('a declaration', () => {
  it('has the fields of its bases first, the nearest declaration of each, and knows them by all their names', () => {
    const { fields, byName, byField, qualified, path } = declarationOf(Part);
    assert.deepEqual(
      fields.map(({ field, name, post }) => [field, name, post !== undefined]),
      [
        ['name', 'name', true],
        ['thing_open', 'thing:open', true],
        ['size', 'size', false],
      ],
    );
    assert.equal(byName.get('thing:open'), byField.get('thing_open'));
    assert.match(byField.get('name')?.type.refuse('12345') ?? '', /maximum length of 4/);
    assert.deepEqual([qualified, path], ['network_part', 'networks/:parent_id/parts']);
    assert.equal(declarationOf(Network).byName.get('tenant_id')?.field, 'project_id');
  });

  it('is refused without @Resource, with one name twice, and under a name that it has not', () => {
    assert.throws(() => declarationOf(Thing), /class Thing has no @Resource/);
    @Resource({ api: 'network', singular: 'two', plural: 'twos', notFound })
    class Two extends Thing {
      @Field(flag, { name: 'name' }) readonly other!: boolean;
    }
    assert.throws(() => declarationOf(Two), /two fields have the name name/);
    assert.throws(() => resourceMethods({ part: Part }), /Part stands under part, expected network_part/);
  });

  it('judges as class-validator does, whose declaration it is', () => {
    const values: unknown[] = [undefined, null, '', 'abc', 'x'.repeat(9), 'a\0', 7, true, 'true', [], {}, -1, 5000];
    for (const type of [Thing, Network, Subnet, Port, AddressGroup]) {
      const fields = fieldsOf(type);
      const check = inputChecker(
        fields.map((field) => ({ ...field, put: field.type })),
        'put',
      );
      for (const { field } of fields) {
        for (const value of values) {
          // IsOptional accepts null; the types themselves define whether it is a valid value.
          if (value === null) continue;
          const object = Object.assign(new type(), { [field]: value });
          const [fault] = validateSync(object, { skipMissingProperties: true, forbidUnknownValues: false });
          const found = check({ [field]: value });
          assert.equal(
            found === undefined,
            fault === undefined,
            `${type.name}.${field} ${JSON.stringify(value)}: ${found}`,
          );
        }
      }
    }
  });

  it('gives arguments whose checks are all compiled', () => {
    for (const [name, { args }] of Object.entries(networkContract.methods)) {
      assert.ok(args === null || compileChecks(args) !== null, name);
    }
  });

  it('gives arguments that name what is wrong', () => {
    const { network_create: create, network_update: update } = networkContract.methods;
    const faults = (type: new () => object, args: object): unknown =>
      validateSync(Object.assign(new type(), args), { whitelist: true, forbidNonWhitelisted: true }).map((fault) =>
        Object.values(fault.constraints ?? {}),
      );
    assert.ok(create.args !== null && update.args !== null);
    assert.deepEqual(faults(create.args, { networks: [{}, { name: 'n', mtu: 1500 }] }), []);
    assert.deepEqual(faults(create.args, { networks: [{}, { mtu: 'big' }] }), [["1: mtu: 'big' is not an integer"]]);
    assert.deepEqual(faults(create.args, { networks: {} }), [['must be a list of at most 1000']]);
    assert.deepEqual(faults(update.args, { id: 'x', network: { colour: 1 } }), [['property colour should not exist']]);
  });

  it('calls its methods on the bus what it has called them since 1.0', () => {
    const old = ['network', 'subnet', 'port'].flatMap((name) =>
      ['create', 'list', 'get', 'update', 'delete'].map((method) => `${name}_${method}`),
    );
    const methods: Readonly<Record<string, { readonly since?: string | undefined }>> = networkContract.methods;
    for (const name of [...old, 'quota_get']) assert.ok([undefined, '1.0'].includes(methods[name]?.since), name);
    assert.equal(methods['address_group_add_addresses']?.since, '1.1');
  });
});

describe('guards', () => {
  const rules = [
    'create_port',
    'create_port:fixed_ips',
    'create_port:fixed_ips:subnet_id',
    'create_port:binding:host_id',
  ];
  const guards = guardsOf(declarationOf(Port), 'create', [...rules, 'create_port:device_owner', 'create_ports', 'x']);

  it('are the rules about fields, and about members of their entries', () => {
    assert.deepEqual(
      guards.map(({ field, member }) => [field.field, member]),
      [
        ['fixed_ips', undefined],
        ['fixed_ips', 'subnet_id'],
        ['binding_host_id', undefined],
        ['device_owner', undefined],
      ],
    );
  });

  it('are asked for what was given, but for a value of a create that is the default anyway', () => {
    const asked = (input: Readonly<Record<string, unknown>>, creating = true) => askedRules(guards, input, creating);
    assert.deepEqual(asked({}), []);
    assert.deepEqual(asked({ device_owner: '' }), []);
    assert.deepEqual(asked({ device_owner: '' }, false), ['create_port:device_owner']);
    assert.deepEqual(asked({ fixed_ips: [{ ip_address: '10.0.0.1' }] }), ['create_port:fixed_ips']);
    assert.deepEqual(asked({ fixed_ips: [{}, { subnet_id: 's' }] }), rules.slice(1, 3));
    assert.deepEqual(asked({ binding_host_id: 'h' }), ['create_port:binding:host_id']);
  });

  it('name fields that there are, in every rule of the network policy', () => {
    for (const type of Object.values(networkResources)) {
      const declaration = declarationOf<object>(type);
      for (const operation of ['create', 'update', 'get']) {
        const prefix = `${operation}_${declaration.qualified}:`;
        const names = networkPolicy.map(({ name }) => name).filter((name) => name.startsWith(prefix));
        const found = guardsOf(declaration, operation, names).map(({ rule }) => rule);
        // Rules of attributes that do not exist yet are nevertheless neutron's.
        const missing = names.filter((name) => !found.includes(name)).map((name) => name.slice(prefix.length));
        for (const name of missing) assert.match(name, /^(segments|segment_id|service_types|resource_request)$/, name);
      }
    }
  });
});
