import { sql } from 'kysely';
import { AddressScope, ExpectedError } from '#libs/contracts';
import type { AddressScopeData } from '#libs/contracts';
import { Manages } from '../../resources/manages.js';
import type { Change } from '../../resources/drafts.js';
import type { Transaction } from '../../store/index.js';
import { SharedManager } from '../sharing/shared-manager.js';

/** Errors besides those of every resource: AddressScopeUpdateError, AddressScopeInUse. */
@Manages(AddressScope)
export class AddressScopeManager extends SharedManager<AddressScopeData> {
  protected override async beforeUpdate(_tx: Transaction, { row, input }: Change<AddressScopeData>): Promise<void> {
    if (!row.shared || input.shared !== false) return;
    const text = `Unable to update address scope ${row.id} : Shared address scope can't be unshared.`;
    throw new ExpectedError('AddressScopeUpdateError', text);
  }

  protected override async beforeDelete(tx: Transaction, { id }: AddressScopeData): Promise<void> {
    const used = await sql`select 1 from subnetpools where address_scope_id = ${id} limit 1`.execute(tx);
    if (used.rows.length === 0) return;
    const text = `Unable to complete operation on address scope ${id}. There are one or more subnet pools in use on the address scope.`;
    throw new ExpectedError('AddressScopeInUse', text, { id });
  }
}
