/** Device owners whose ports are the network's own and go with it (neutron's AUTO_DELETE_PORT_OWNERS). */
export const AUTO_DELETED_PORTS = ['network:dhcp', 'network:distributed', 'network:routed'];
