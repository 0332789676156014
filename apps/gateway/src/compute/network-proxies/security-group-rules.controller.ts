import { Controller, Delete, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SecurityGroupRule, declarationOf, isRecord, isUuid, looseCidr } from '#libs/contracts';
import type { InputOf } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ResourceClient } from '../../network/resource/resource-client.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { LAST_PROXY, proxied, requireUuid } from './proxied.js';
import { SecurityGroupProxy, groupRuleView } from './security-group-proxy.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';

type Json = Readonly<Record<string, unknown>>;

const PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'udp', 'icmp']);

/**
 * Converts `{"security_group_rule": {…}}` to the Network API's ingress rule; nova has no other direction and no IPv6
 * without a range. Throws 400 with nova's texts (nova.network.security_group_api).
 */
export function readRule(body: unknown): InputOf<SecurityGroupRule> & { readonly security_group_id: string } {
  const rule = isRecord(body) ? body['security_group_rule'] : undefined;
  if (!isRecord(rule)) {
    throw new InvalidBody({ field: '', value: body, reason: "'security_group_rule' is a required property" });
  }
  const parent = groupIn(rule, 'parent_group_id');
  if (parent === null) {
    const reason = "'parent_group_id' is a required property";
    throw new InvalidBody({ field: 'security_group_rule', value: rule, reason });
  }
  const remote = groupIn(rule, 'group_id');
  const cidr = remote === null ? readCidr(rule['cidr']) : null;
  return {
    security_group_id: parent,
    direction: 'ingress',
    ethertype: cidr?.includes(':') === true ? 'IPv6' : 'IPv4',
    remote_group_id: remote,
    remote_ip_prefix: cidr,
    ...readPorts(rule, remote !== null),
  };
}

function groupIn(rule: Json, field: string): string | null {
  const value = rule[field] ?? null;
  if (value === null || (typeof value === 'string' && isUuid(value))) return value;
  throw new InvalidBody({ field, value, reason: "the value is not a 'uuid'" });
}

function readCidr(value: unknown): string {
  if (value === undefined || value === null || value === '') return '0.0.0.0/0';
  if (typeof value !== 'string' || looseCidr.refuse(value) !== undefined) {
    throw refused(`Invalid cidr ${JSON.stringify(value).slice(0, 64)}.`);
  }
  if (/\/0+$/.test(value) && !/^(0\.0\.0\.0|::)\/0$/.test(value)) {
    throw refused(`Bad prefix for network in cidr ${value}`);
  }
  return value;
}

function readPorts(rule: Json, ofGroup: boolean): Pick<InputOf<SecurityGroupRule>, 'protocol'> {
  const protocol = rule['ip_protocol'] ?? null;
  const name = typeof protocol === 'string' || typeof protocol === 'number' ? String(protocol).toLowerCase() : '';
  const [from, to] = withDefaults(name, rule['from_port'] ?? null, rule['to_port'] ?? null, ofGroup);
  if (name === '' || from === null || to === null) {
    if (!ofGroup) throw refused('Not enough parameters to build a valid rule.');
    return { protocol: null };
  }
  const [first, last] = [toInteger(from, name), toInteger(to, name)];
  if (!PROTOCOLS.has(name)) throw refused(`Invalid IP protocol ${name.slice(0, 64)}.`);
  checkRange(name, first, last);
  const range = {
    ...(first === -1 ? {} : { port_range_min: first }),
    ...(last === -1 ? {} : { port_range_max: last }),
  };
  return { protocol: name, ...range };
}

/** All ports are open to a remote group if no range is given. */
function withDefaults(name: string, from: unknown, to: unknown, ofGroup: boolean): readonly [unknown, unknown] {
  if (!ofGroup || from !== null || to !== null) return [from, to];
  if (name === 'icmp') return [-1, -1];
  return name === 'tcp' || name === 'udp' ? [1, 65_535] : [null, null];
}

function toInteger(value: unknown, protocol: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value);
  if (typeof value === 'string' && /^\s*[+-]?\d{1,10}\s*$/.test(value)) return Number(value);
  const what = protocol === 'icmp' ? 'Type and Code must be integers for ICMP protocol type' : undefined;
  throw refused(`Invalid input received: ${what ?? 'To and From ports must be integers'}`);
}

function checkRange(protocol: string, from: number, to: number): void {
  const bad = (reason: string): Fault => refused(`Invalid port range ${from}:${to}. ${reason}`);
  if (protocol === 'icmp') {
    if (from < -1 || from > 255 || to < -1 || to > 255) throw bad('For ICMP, the type:code must be valid');
    return;
  }
  if (from > to) throw bad('Former value cannot be greater than the later');
  if (from < 1 || to > 65_535) throw bad(`Valid ${protocol.toUpperCase()} ports should be between 1-65535`);
}

function refused(text: string): Fault {
  return new Fault(400, text, { code: 'Invalid' });
}

const declaration = declarationOf(SecurityGroupRule);

/** `/os-security-group-rules` below 2.36: nova's proxy of the Network API's ingress rules. */
@Controller('v2.1/os-security-group-rules')
export class SecurityGroupRulesController {
  constructor(
    @Inject(ResourceClient) private readonly client: ResourceClient,
    @Inject(SecurityGroupProxy) private readonly proxy: SecurityGroupProxy,
  ) {}

  @Post()
  @HttpCode(200)
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-security-groups:rule:create')
  async create(@Req() request: FastifyRequest): Promise<unknown> {
    const input = readRule(request.body);
    const group = await this.proxy.get(request, input.security_group_id);
    const { remote_group_id: remote } = input;
    const sources = new Map([[group.id, group]]);
    if (typeof remote === 'string') sources.set(remote, await this.proxy.get(request, remote));
    const { objects } = await proxied({ 409: 403 }, async () => {
      try {
        return await this.client.create(request, declaration, [input]);
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'SecurityGroupRuleExists') throw error;
        const text = `This rule already exists in group ${group.id}`;
        throw new Fault(400, text, { code: 'Invalid', cause: error });
      }
    });
    const [rule] = objects;
    return { security_group_rule: rule === undefined ? {} : groupRuleView(rule, sources) };
  }

  @Delete(':id')
  @HttpCode(202)
  @Microversions(1, LAST_PROXY)
  @Authorize('os_compute_api:os-security-groups:rule:delete')
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.client.delete(request, declaration, { id: requireUuid(id) });
  }
}
