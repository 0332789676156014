import { sql } from 'kysely';
import { ExpectedError, LocalIpAssociation } from '#libs/contracts';
import type { LocalIpAssociationData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { expressionFilter } from '../../listing/filters.js';
import { ChildManager } from '../../resources/child-manager.js';
import { Manages, managedTable } from '../../resources/manages.js';
import type { Draft } from '../../resources/drafts.js';
import { insertRow } from '../../resources/resource-rows.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Transaction } from '../../store/index.js';
import { PortManager } from '../ports/port-manager.js';
import { chosenFixedIp } from './chosen-fixed-ip.js';

type AssociationDraft = Draft<LocalIpAssociationData>;

const address = sql`(select host(l.local_ip_address) from local_ips l where l.id = t.local_ip_id)`;
const host = sql`(select p.binding_host_id from ports p where p.id = t.fixed_port_id)`;

/** Errors besides those of every resource: PortNotFound, LocalIPAssociationExists, those of chosenFixedIp. */
@Manages(
  resourceTable(LocalIpAssociation, {
    table: 'local_ip_associations',
    columns: { local_ip_address: address, host },
    filters: { local_ip_address: expressionFilter(address), host: expressionFilter(host) },
    sortKeys: { local_ip_address: address, host },
  }),
)
export class LocalIpAssociationManager extends ChildManager<LocalIpAssociationData> {
  /** Locks the ports before the local IPs. */
  protected override async lockParents(
    tx: Transaction,
    context: RequestContext,
    drafts: readonly AssociationDraft[],
  ): Promise<void> {
    const ports = drafts.flatMap(({ input }) => input.fixed_port_id ?? []);
    await sql`select 1 from ports where id = any(${ports}::text[]) order by id for share`.execute(tx);
    await super.lockParents(tx, context, drafts);
  }

  protected override async beforeCreate(
    tx: Transaction,
    draft: AssociationDraft,
    context: RequestContext,
  ): Promise<void> {
    await super.beforeCreate(tx, draft, context);
    const { fixed_port_id: portId = '', fixed_ip: wanted = null } = draft.input;
    const port = await this.shared.managers.get(PortManager).get(context, portId, tx);
    draft.values['fixed_ip'] = chosenFixedIp(port, wanted);
  }

  protected override async insert(tx: Transaction, { values }: AssociationDraft): Promise<void> {
    if (await insertRow(tx, managedTable(LocalIpAssociationManager), values, 'nothing')) return;
    const text = `Local IP ${String(values['local_ip_id'])} association with port ${String(values['fixed_port_id'])} already exists.`;
    throw new ExpectedError('LocalIPAssociationExists', text);
  }
}
