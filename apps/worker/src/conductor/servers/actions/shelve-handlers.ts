import { ExpectedError } from '#libs/contracts';
import type { ActionHandlers } from './action-handler.js';
import { ownerOf } from './action-handler.js';
import { requireHost, requireZone } from '../destination.js';
import { noValidHost, zoneOf } from './hosts.js';

/** Shelved servers that come back. */
export const shelveHandlers: ActionHandlers = {
  unshelve: {
    async begin(services, hand) {
      const { tx, context, row, body } = hand;
      const zone = body['availability_zone'];
      const host = typeof body['host'] === 'string' ? body['host'] : null;
      const namesPlace = zone !== undefined || host !== null;
      if (namesPlace && row.vm_state !== 'shelved_offloaded') {
        const text =
          `Specifying an availability zone or a host when unshelving server "${row.id}" with status "${row.vm_state}" ` +
          'is not supported. The server status must be SHELVED_OFFLOADED.';
        throw new ExpectedError('Conflict', text);
      }
      if (typeof zone === 'string') await requireZone(tx, zone);
      const pinned = row.request_spec.availability_zone ?? null;
      const wanted = zone === undefined ? pinned : typeof zone === 'string' ? zone : null;
      if (host !== null) {
        services.authorizer.authorize(context, 'compute', 'os_compute_api:os-shelve:unshelve_to_host', ownerOf(row));
        await requireHost(tx, host);
        if (wanted !== null && (await zoneOf(tx, host)) !== wanted) {
          const text = `Host "${host}" is not in the availability zone "${wanted}".`;
          throw new ExpectedError('Conflict', text);
        }
      }
      if (row.vm_state === 'shelved') return {};
      const placed = { ...row, availability_zone: wanted };
      const chosen = await services.chooser.claim(tx, placed, { only: host, except: [] });
      if (chosen === null) {
        const reason = 'There are not enough hosts available.';
        return noValidHost(services, hand, { event: 'conductor_unshelve_instance', reason });
      }
      return {
        changes: {
          host: chosen.host,
          node: chosen.node,
          availability_zone: chosen.zone,
          request_spec: JSON.stringify({ ...row.request_spec, availability_zone: wanted }),
        },
        next: () => services.casts.step(tx, context, chosen.host, 'unshelve', row),
      };
    },
  },
};
