/** What binding a port to a host (empty: to none) makes of it. `other` is neutron's word for what no agent wires. */
export function bindingOf(hostId: string): { readonly binding_host_id: string; readonly binding_vif_type: string } {
  return { binding_host_id: hostId, binding_vif_type: hostId === '' ? 'unbound' : 'other' };
}
