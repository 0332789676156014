/**
 * The object of the operation, flat: `{ project_id: '…', 'target.user.id': '…' }`. Keys are looked up literally, dots
 * and colons included, as in oslo.policy.
 */
export type PolicyTarget = Readonly<Record<string, unknown>>;

/**
 * Spreads nested objects into dotted keys, the form that keystone's rules name.
 * @example flattenTarget({ target: { user: { id: 'u1' } } }) // { 'target.user.id': 'u1' }
 */
export function flattenTarget(nested: Readonly<Record<string, unknown>>, prefix = ''): PolicyTarget {
  const flat: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(nested)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      Object.assign(flat, flattenTarget(Object.fromEntries(Object.entries(value)), name));
    } else {
      flat[name] = value;
    }
  }
  return flat;
}

/**
 * The target of a rule about an object that a project owns. neutron's rules use `tenant_id` where newer ones use
 * `project_id`, so both are filled from either; `network` is the network of a subnet or port (`network:tenant_id`).
 */
export function ownedTarget(
  resource: Readonly<Record<string, unknown>>,
  network?: Readonly<Record<string, unknown>>,
): PolicyTarget {
  const owner = resource['project_id'] ?? resource['tenant_id'];
  const target: Record<string, unknown> = { ...resource, project_id: owner, tenant_id: owner };
  if (network !== undefined) {
    const networkOwner = network['project_id'] ?? network['tenant_id'];
    target['network:project_id'] = networkOwner;
    target['network:tenant_id'] = networkOwner;
    // neutron's rule "shared" of a subnet or port checks whether its network is shared.
    target['shared'] ??= network['shared'];
  }
  return target;
}
