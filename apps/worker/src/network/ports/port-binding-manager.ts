import { sql } from 'kysely';
import { ExpectedError, PortBinding } from '#libs/contracts';
import type { PortBindingData, PortData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { ChildManager } from '../../resources/child-manager.js';
import { Manages } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import type { ActionHandler } from '../../resources/resource-manager.js';
import { insertRow, updateRow } from '../../resources/resource-rows.js';
import { resourceTable } from '../../resources/resource-table.js';
import type { Queries, Transaction } from '../../store/index.js';
import { badRequest, portNotFound } from '../network.errors.js';
import { requireReachedBy } from '../segments/routed-subnets.js';
import { dropBinding, moveBinding, bindingOf } from './inactive-bindings.js';
import { findPort } from './load-ports.js';
import { PortManager } from './port-manager.js';
import { portTable } from './port-table.js';
import { followHost } from './update-port.js';

type BindingDraft = Draft<PortBindingData>;

/** Owners of ports that may be bound to several hosts. */
const MOVING = ['compute:', 'manila:'];

const table = resourceTable(PortBinding, { table: 'port_bindings', alias: 'b' });

/** The table of INACTIVE bindings. */
const inactive = { table: 'inactive_port_bindings', columns: table.columns };

/**
 * Errors besides those of every resource: PortNotFound, PortBindingAlreadyExists, PortBindingAlreadyActive,
 * NetworkBadRequest.
 */
@Manages(table)
export class PortBindingManager extends ChildManager<PortBindingData> {
  protected override readonly actions: Readonly<Record<string, ActionHandler<PortBindingData>>> = {
    activate: async (tx, { port_id: id, host, status }) => {
      const port = await requireMoving(tx, id);
      if (status === 'ACTIVE') {
        const text = `Binding for port ${id} on host ${host} is already active.`;
        throw new ExpectedError('PortBindingAlreadyActive', text);
      }
      await moveBinding(tx, port, host);
    },
  };

  /** Only administrators and services read bindings; they see those of all projects. */
  override async list(
    context: RequestContext,
    args: Parameters<ChildManager<PortBindingData>['list']>[1],
  ): ReturnType<ChildManager<PortBindingData>['list']> {
    const [id] = args.filters?.['port_id'] ?? [];
    if (id !== undefined) {
      await this.shared.managers.get(PortManager).get(context, id);
      await requireMoving(this.shared.store.db, id);
    }
    return super.list(context, args);
  }

  protected override async beforeCreate(tx: Transaction, draft: BindingDraft, context: RequestContext): Promise<void> {
    await super.beforeCreate(tx, draft, context);
    const { port_id: id = '', host = '' } = draft.input;
    const port = await requireMoving(tx, id);
    await requireNone(tx, id, host);
    await requireReachedBy(tx, port, host);
    draft.values['vif_type'] = bindingOf(host).binding_vif_type;
  }

  protected override async insert(tx: Transaction, { values }: BindingDraft): Promise<void> {
    const { id: _id, project_id: _project, ...own } = values;
    await insertRow(tx, inactive, own);
  }

  protected override async store(tx: Transaction, { row, values }: Change<PortBindingData>): Promise<void> {
    const { port_id: id, status } = row;
    const { host = row.host, vnic_type: vnic = row.vnic_type, profile = row.profile } = values;
    const port = await requireMoving(tx, id);
    if (host !== row.host) {
      await requireNone(tx, id, String(host));
      await requireReachedBy(tx, port, String(host));
    }
    if (status === 'ACTIVE') {
      const changed = { binding_vnic_type: vnic, binding_profile: profile, ...bindingOf(String(host)) };
      await updateRow(tx, portTable, id, changed);
      await followHost(tx, port, String(host));
    } else {
      await sql`
        update inactive_port_bindings
        set host = ${host}, vnic_type = ${vnic}, profile = ${JSON.stringify(profile)}::jsonb
        where port_id = ${id} and host = ${row.host}`.execute(tx);
    }
  }

  protected override async remove(tx: Transaction, { port_id: id, host, status }: PortBindingData): Promise<void> {
    if (status === 'INACTIVE') return dropBinding(tx, id, host);
    await updateRow(tx, portTable, id, { ...bindingOf(''), binding_profile: {}, status: 'DOWN' });
  }

  /** Locks the port, of which a binding is a part. */
  override async lock(tx: Transaction, id: string): Promise<boolean> {
    const [portId = ''] = id.split('/');
    await this.shared.managers.get(PortManager).lock(tx, portId, 'change');
    return (await this.find(tx, id)) !== undefined;
  }

  override notFound(id: string): ExpectedError {
    const at = id.indexOf('/');
    const text = `Binding for port ${id.slice(0, at)} for host ${id.slice(at + 1)} could not be found.`;
    return new ExpectedError('PortBindingNotFound', text, { id });
  }
}

/** Errors: PortNotFound, NetworkBadRequest for a port that does not belong to a server. */
async function requireMoving(db: Queries, id: string): Promise<PortData> {
  const port = await findPort(db, id);
  if (port === null) throw portNotFound(id);
  if (MOVING.some((owner) => port.device_owner.startsWith(owner))) return port;
  throw badRequest('port', `Invalid port ${id}. Operation only valid on compute and shared filesystem ports`);
}

async function requireNone(tx: Transaction, portId: string, host: string): Promise<void> {
  const found = await sql`select 1 from port_bindings where port_id = ${portId} and host = ${host}`.execute(tx);
  if (found.rows.length === 0) return;
  const text = `Binding for port ${portId} on host ${host} already exists.`;
  throw new ExpectedError('PortBindingAlreadyExists', text);
}
