import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ExpectedError, SecurityGroup, SecurityGroupRule, declarationOf } from '#libs/contracts';
import type { SecurityGroupData, SecurityGroupRuleData } from '#libs/contracts';
import { createApiApplication } from '../../edge/application.js';
import type { ApiApplication } from '../../edge/application.js';
import { testClaims, testEdge } from '../../edge/testing/test-edge.js';
import { computeApi } from '../compute.api.js';
import { readRule } from './security-group-rules.controller.js';

const GROUP = '11111111-2222-4333-8444-555555555555';
const OTHER = '11111111-2222-4333-8444-666666666666';

const base = {
  project_id: 'p1',
  description: '',
  revision_number: 1,
  created_at: '2026-11-28T00:00:00.000000Z',
  updated_at: '2026-11-28T00:00:00.000000Z',
};

const rule = (changes: Partial<SecurityGroupRuleData>): SecurityGroupRuleData => ({
  ...base,
  id: 'r1',
  security_group_id: GROUP,
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: 'tcp',
  port_range_min: 22,
  port_range_max: 22,
  remote_ip_prefix: null,
  remote_group_id: null,
  remote_address_group_id: null,
  normalized_cidr: null,
  belongs_to_default_sg: false,
  ...changes,
});

const group = (changes: Partial<SecurityGroupData> = {}): SecurityGroupData => ({
  ...base,
  id: GROUP,
  name: 'web',
  tags: [],
  stateful: true,
  shared: false,
  security_group_rules: [
    rule({ direction: 'egress' }),
    rule({}),
    rule({ id: 'r2', protocol: 'icmp', port_range_min: null, port_range_max: null, remote_group_id: OTHER }),
    rule({ id: 'r3', remote_group_id: 'gone' }),
  ],
  ...changes,
});

describe("nova's proxies of security groups", () => {
  const { page, object } = declarationOf(SecurityGroup);
  const edge = testEdge({
    network: {
      security_group_list: ({ filters }) => {
        const wanted = filters?.['id'];
        const rows = [group(), group({ id: OTHER, name: 'db', project_id: 'p2', security_group_rules: [] })];
        const objects = wanted === undefined ? rows.slice(0, 1) : rows.filter(({ id }) => wanted.includes(id));
        return page.wrap({ objects, next_marker: null });
      },
      security_group_get: ({ id }) => {
        if (id !== GROUP) throw new ExpectedError('SecurityGroupNotFound', `Security group ${id} does not exist`);
        return object.wrap(group());
      },
      security_group_create: () => {
        throw new ExpectedError('OverQuota', "Quota exceeded for resources: ['security_group'].");
      },
      security_group_delete: () => {
        throw new ExpectedError('SecurityGroupInUse', 'Security Group web in use.');
      },
      security_group_rule_create: (args) => {
        const [input] = Object.values(args).flat();
        return declarationOf(SecurityGroupRule).page.wrap({ objects: [rule({ ...input })], next_marker: null });
      },
    },
  });
  let app: ApiApplication;
  let token: string;
  before(async () => {
    app = await createApiApplication(computeApi, edge);
    token = await edge.codec.sign(testClaims());
  });
  after(() => app.close());

  const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object, version = '2.1') =>
    app.fastify.inject({
      method,
      url: `/v2.1/${path}`,
      headers: { 'x-auth-token': token, 'openstack-api-version': `compute ${version}` },
      ...(body === undefined ? {} : { payload: body }),
    });

  it('show rules of ingress only, with the range that a protocol without ports has in nova', async () => {
    const answer = await ask('GET', 'os-security-groups');
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(answer.json().security_groups[0].rules, [
      {
        id: 'r1',
        parent_group_id: GROUP,
        ip_protocol: 'tcp',
        from_port: 22,
        to_port: 22,
        group: {},
        ip_range: { cidr: '0.0.0.0/0' },
      },
      {
        id: 'r2',
        parent_group_id: GROUP,
        ip_protocol: 'icmp',
        from_port: -1,
        to_port: -1,
        group: { name: 'db', tenant_id: 'p2' },
        ip_range: {},
      },
    ]);
  });

  it('are gone from 2.36 on', async () => {
    assert.equal((await ask('GET', 'os-security-groups', undefined, '2.35')).statusCode, 200);
    assert.equal((await ask('GET', 'os-security-groups', undefined, '2.36')).statusCode, 404);
    assert.equal((await ask('GET', 'os-floating-ips', undefined, '2.36')).statusCode, 404);
    assert.equal((await ask('GET', 'os-networks', undefined, '2.36')).statusCode, 404);
  });

  it("have nova's statuses for what the network side refuses", async () => {
    const named = { security_group: { name: 'x', description: 'y' } };
    assert.equal((await ask('POST', 'os-security-groups', named)).statusCode, 403);
    assert.equal((await ask('POST', 'os-security-groups', { security_group: { name: 'x' } })).statusCode, 400);
    assert.equal((await ask('DELETE', `os-security-groups/${GROUP}`)).statusCode, 400);
    assert.equal((await ask('GET', 'os-security-groups/x')).statusCode, 400);
    assert.equal((await ask('GET', `os-security-groups/${OTHER}`)).statusCode, 404);
  });

  it('make rules of ingress', async () => {
    const asked = { parent_group_id: GROUP, ip_protocol: 'tcp', from_port: '80', to_port: 80 };
    const answer = await ask('POST', 'os-security-group-rules', { security_group_rule: asked });
    assert.equal(answer.statusCode, 200);
    const { from_port: from, ip_range: range } = answer.json().security_group_rule;
    assert.deepEqual([from, range], [80, { cidr: '0.0.0.0/0' }]);
  });
});

describe("nova's rule of a security group", () => {
  const read = (fields: object) => readRule({ security_group_rule: { parent_group_id: GROUP, ...fields } });

  it('opens everything to a group that is named without a range', () => {
    const { port_range_min: from, port_range_max: to } = read({ group_id: OTHER, ip_protocol: 'TCP' });
    assert.deepEqual([from, to], [1, 65_535]);
    assert.equal(read({ group_id: OTHER }).protocol, null);
    assert.equal('port_range_min' in read({ group_id: OTHER, ip_protocol: 'icmp' }), false);
  });

  it('needs a protocol and a range that fits it', () => {
    const range = { ip_protocol: 'tcp', from_port: 1, to_port: 2 };
    assert.equal(read({ ...range, cidr: '2001:db8::/64' }).ethertype, 'IPv6');
    assert.throws(() => read({ ip_protocol: 'tcp' }), /Not enough parameters to build a valid rule/);
    assert.throws(() => read({ ...range, from_port: 3 }), /Former value cannot be greater/);
    assert.throws(() => read({ ...range, to_port: 65_536 }), /Valid TCP ports should be between 1-65535/);
    assert.throws(() => read({ ...range, to_port: 'x' }), /must be integers/);
    assert.throws(() => read({ ...range, ip_protocol: 'xyz' }), /Invalid IP protocol/);
    assert.throws(() => read({ ...range, cidr: '10.0.0.0/0' }), /Bad prefix/);
    assert.throws(() => read({ ...range, cidr: '10' }), /Invalid cidr/);
    assert.throws(() => readRule({ security_group_rule: range }), /parent_group_id/);
  });
});
