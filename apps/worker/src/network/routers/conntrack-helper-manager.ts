import { ConntrackHelper, ExpectedError } from '#libs/contracts';
import type { ConntrackHelperData } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { ChildManager } from '../../resources/child-manager.js';
import { Manages, managedTable } from '../../resources/manages.js';
import type { Change, Draft } from '../../resources/drafts.js';
import { insertRow } from '../../resources/resource-rows.js';
import { violatedUnique } from '../../store/index.js';
import type { Transaction } from '../../store/index.js';
import { badRequest } from '../network.errors.js';

type Helper = Readonly<Record<'protocol' | 'port' | 'helper' | 'router_id', unknown>>;

/** Errors besides those of every resource: ConntrackHelperNotAllowed, InvalidProtocolForHelper, NetworkBadRequest. */
@Manages(ConntrackHelper)
export class ConntrackHelperManager extends ChildManager<ConntrackHelperData> {
  protected override async beforeCreate(
    tx: Transaction,
    draft: Draft<ConntrackHelperData>,
    context: RequestContext,
  ): Promise<void> {
    await super.beforeCreate(tx, draft, context);
    this.#requireAllowed(String(draft.input.helper), String(draft.input.protocol));
  }

  protected override async insert(tx: Transaction, { values }: Draft<ConntrackHelperData>): Promise<void> {
    if (await insertRow(tx, managedTable(ConntrackHelperManager), values, 'nothing')) return;
    throw duplicate({ ...values, router_id: values['router_id'] } as Helper);
  }

  protected override async beforeUpdate(_tx: Transaction, { row, input }: Change<ConntrackHelperData>): Promise<void> {
    this.#requireAllowed(input.helper ?? row.helper, input.protocol ?? row.protocol);
  }

  protected override async store(tx: Transaction, change: Change<ConntrackHelperData>): Promise<void> {
    try {
      await super.store(tx, change);
    } catch (error) {
      if (violatedUnique(error) === undefined) throw error;
      throw duplicate({ ...change.row, ...change.values });
    }
  }

  /** `[DEFAULT] allowed_conntrack_helpers` contains `module:protocol`. */
  #requireAllowed(helper: string, protocol: string): void {
    const allowed = this.shared.settings.options.allowedConntrackHelpers.map((pair) => pair.split(':'));
    const protocols = allowed.filter(([name]) => name === helper).map(([, supported]) => supported ?? '');
    if (protocols.length === 0) {
      throw new ExpectedError('ConntrackHelperNotAllowed', `Conntrack Helper ${helper} is not allowed.`);
    }
    if (protocols.includes(protocol)) return;
    throw new ExpectedError(
      'InvalidProtocolForHelper',
      `Conntrack Helper ${helper} does not support: ${protocol}. Supported protocols are: ${protocols.join(', ')}`,
    );
  }
}

function duplicate({ protocol, port, helper, router_id: router }: Helper): ReturnType<typeof badRequest> {
  return badRequest(
    'conntrack_helper',
    `A duplicate conntrack helper entry with same attributes already exists, conflicting values are {'router_id': '${String(router)}', 'protocol': '${String(protocol)}', 'port': ${String(port)}, 'helper': '${String(helper)}'}`,
  );
}
