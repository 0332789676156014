/** Device owners whose ports belong to the network and are deleted with it (neutron's AUTO_DELETE_PORT_OWNERS). */
export const AUTO_DELETED_PORTS = ['network:dhcp', 'network:distributed', 'network:routed'];

/** A router's port on a network of a project. */
export const ROUTER_INTERFACE = 'network:router_interface';

/** Owners of a router's ports on networks of projects (neutron's ROUTER_INTERFACE_OWNERS). */
export const PROJECT_ROUTER_INTERFACES: readonly string[] = [
  ROUTER_INTERFACE,
  'network:router_interface_distributed',
  'network:ha_router_replicated_interface',
];

/** Owners of routers' internal ports, which get only requested addresses, and none that hosts generate. */
export const ROUTER_INTERFACES = [...PROJECT_ROUTER_INTERFACES, 'network:router_centralized_snat'];

/** A router's port on an external network. */
export const ROUTER_GATEWAY = 'network:router_gateway';

/** The port that holds a local IP's address. */
export const LOCAL_IP = 'network:local_ip';

/** The port that holds a floating IP's address on the external network. */
export const FLOATING_IP = 'network:floatingip';
