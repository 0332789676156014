import type { NetworkData, PortInput } from '#libs/contracts';
import type { PolicyTarget } from '#libs/policy';
import type { RequestContext } from '#libs/telemetry';
import { givenAttributes, policyTarget } from '../network-policy.js';
import type { NetworkPolicy } from '../network-policy.js';

/** Attributes with a rule of their own, and their defaults. */
const GUARDED = {
  mac_address: null,
  fixed_ips: null,
  device_id: '',
  device_owner: '',
  port_security_enabled: true,
  allowed_address_pairs: [],
  binding_host_id: '',
  binding_profile: {},
  binding_vnic_type: 'normal',
};

/**
 * Asks whether the caller may make this port for the project `owner`, attribute by attribute. Whoever makes a port for
 * a user asks this with the user's context. Error PolicyNotAuthorized.
 */
export function authorizePortCreate(
  policy: NetworkPolicy,
  ctx: RequestContext,
  input: PortInput,
  owner: string,
  network: NetworkData,
): void {
  const target = policyTarget({ ...GUARDED, ...givenAttributes(input), project_id: owner }, network);
  authorizeAttributes(policy, ctx, 'create_port', input, target);
}

/** The same for a change; `target` is the port as it would be. */
export function authorizePortUpdate(
  policy: NetworkPolicy,
  ctx: RequestContext,
  input: PortInput,
  target: PolicyTarget,
): void {
  authorizeAttributes(policy, ctx, 'update_port', input, target);
}

function authorizeAttributes(
  policy: NetworkPolicy,
  ctx: RequestContext,
  operation: 'create_port' | 'update_port',
  input: PortInput,
  target: PolicyTarget,
): void {
  policy.authorizeChange(ctx, operation, input, target, GUARDED);
  for (const member of ['ip_address', 'subnet_id'] as const) {
    if (input.fixed_ips?.some((fixedIp) => fixedIp[member] !== undefined) === true) {
      policy.authorize(ctx, `${operation}:fixed_ips:${member}`, target);
    }
  }
}
