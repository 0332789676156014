import { sql } from 'kysely';
import { AddressGroup, ExpectedError } from '#libs/contracts';
import type { AddressGroupData, ExpectedErrorCode, InputOf, ResourceTarget } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { Manages } from '../../resources/manages.js';
import type { Draft } from '../../resources/drafts.js';
import type { ActionHandler } from '../../resources/resource-manager.js';
import type { Transaction } from '../../store/index.js';
import { SharedManager } from '../sharing/shared-manager.js';
import { formatCidr, parseCidr } from '../ipam/address.js';

/** Errors besides those of every resource: AddressesAlreadyExist, AddressesNotFound, AddressGroupInUse. */
@Manages(AddressGroup)
export class AddressGroupManager extends SharedManager<AddressGroupData> {
  protected override readonly actions: Readonly<Record<string, ActionHandler<AddressGroupData>>> = {
    add_addresses: async (tx, group, { addresses }) => {
      const added = normal(addresses);
      refuse(
        'AddressesAlreadyExist',
        group,
        added.filter((address) => group.addresses.includes(address)),
      );
      await this.change(tx, group.id, { addresses: [...group.addresses, ...added] });
    },
    remove_addresses: async (tx, group, { addresses }) => {
      const removed = normal(addresses);
      refuse(
        'AddressesNotFound',
        group,
        removed.filter((address) => !group.addresses.includes(address)),
      );
      await this.change(tx, group.id, { addresses: group.addresses.filter((address) => !removed.includes(address)) });
    },
  };

  /**
   * As in neutron, policy rules of an update do not see `shared`: for a shared group of another project the error is
   * "not found".
   */
  override async update(
    context: RequestContext,
    target: ResourceTarget,
    input: InputOf<AddressGroupData>,
  ): Promise<AddressGroupData> {
    try {
      return await super.update(context, target, input);
    } catch (error) {
      if (!(error instanceof ExpectedError) || error.code !== 'PolicyNotAuthorized') throw error;
      const { project_id: owner } = await this.get(context, target.id);
      throw owner === context.project_id ? error : this.notFound(target.id);
    }
  }

  protected override async beforeCreate(_tx: Transaction, { input, values }: Draft<AddressGroupData>): Promise<void> {
    values['addresses'] = normal(input.addresses ?? []);
  }

  protected override beforeDelete(tx: Transaction, { id }: AddressGroupData): Promise<void> {
    return refuseInUse(tx, id);
  }
}

async function refuseInUse(tx: Transaction, id: string): Promise<void> {
  const used = await sql`
    select 1 from security_group_rules where remote_address_group_id = ${id} limit 1`.execute(tx);
  if (used.rows.length === 0) return;
  const text = `Address group ${id} is in use on one or more security group rules.`;
  throw new ExpectedError('AddressGroupInUse', text, { id });
}

/** Each network once, without host bits. */
function normal(addresses: unknown): readonly string[] {
  const given: readonly unknown[] = Array.isArray(addresses) ? addresses : [];
  const texts = given.map((text) => {
    const cidr = parseCidr(String(text));
    return cidr === null ? String(text) : formatCidr(cidr);
  });
  return [...new Set(texts)];
}

function refuse(code: ExpectedErrorCode, { id }: AddressGroupData, addresses: readonly string[]): void {
  if (addresses.length === 0) return;
  const list = `[${addresses.map((address) => `'${address}'`).join(', ')}]`;
  const fault = code === 'AddressesNotFound' ? 'not found in the address group' : 'already exist in the address group';
  throw new ExpectedError(code, `Addresses ${list} ${fault} ${id}.`);
}
