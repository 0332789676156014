import type { RequestedNetwork } from '#libs/contracts';
import type { ActionHandler, ActionHandlers } from './action-handler.js';

const changeGroup = (change: 'add' | 'remove'): ActionHandler => ({
  async begin({ networking }, { tx, context, row, body }) {
    const wanted = { name: String(body['name']), change };
    await networking.changeGroup(tx, row, context.project_id ?? row.project_id, wanted);
    return {};
  },
});

/** `InterfaceBody` as a requested network; undefined if it names none. */
function askedOf(body: Readonly<Record<string, unknown>>): RequestedNetwork | undefined {
  const { net_id: uuid, port_id: port, fixed_ips: addresses, tag } = body;
  if (typeof uuid !== 'string' && typeof port !== 'string') return undefined;
  const [address] = Array.isArray(addresses) ? (addresses as { readonly ip_address: string }[]) : [];
  return {
    ...(typeof uuid === 'string' && { uuid }),
    ...(typeof port === 'string' && { port }),
    ...(typeof tag === 'string' && { tag }),
    ...(address !== undefined && { fixed_ip: address.ip_address }),
  };
}

/**
 * Changes of a server's ports. Floating IPs belong to the Network API: the gateway changes them after the checks here.
 */
export const networkHandlers: ActionHandlers = {
  add_security_group: changeGroup('add'),
  remove_security_group: changeGroup('remove'),
  attach_interface: {
    takesPorts: true,
    async begin({ networking }, { tx, context, row, body, ports }) {
      const tag = typeof body['tag'] === 'string' ? body['tag'] : null;
      return {
        result: { port_id: await networking.attach(tx, context, row, { asked: askedOf(body), tag, hold: ports }) },
      };
    },
  },
  detach_interface: {
    async begin({ networking }, { tx, row, body }) {
      await networking.detach(tx, row, String(body['port_id']));
      return {};
    },
  },
  add_fixed_ip: {
    async begin({ networking }, { tx, row, body }) {
      await networking.addAddress(tx, row, String(body['networkId']));
      return {};
    },
  },
  remove_fixed_ip: {
    async begin({ networking }, { tx, row, body }) {
      await networking.removeAddress(tx, row, String(body['address']));
      return {};
    },
  },
};
