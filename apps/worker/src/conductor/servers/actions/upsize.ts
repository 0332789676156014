import { ExpectedError } from '#libs/contracts';
import type { FlavorData } from '#libs/contracts';
import type { InstanceRow } from '../../../instances/instance-row.js';
import type { QuotaHold } from '../../../quota/quotas.js';
import { serverAmounts } from '../../quota-check.js';

/** Whether the project may have the difference to a larger flavor. Error: QuotaExceeded, with nova's text. */
export async function requireUpsize(
  held: QuotaHold<'compute'>,
  row: InstanceRow,
  flavor: Pick<FlavorData, 'vcpus' | 'ram'>,
): Promise<void> {
  const more = { cores: flavor.vcpus - row.vcpus, ram: flavor.ram - row.ram };
  const amounts = await serverAmounts(held, row.project_id);
  const over = (['cores', 'ram'] as const).filter((name) => {
    const amount = amounts[name];
    return amount !== undefined && more[name] > 0 && amount.used + more[name] > amount.limit;
  });
  if (over.length === 0) return;
  const join = (value: (name: 'cores' | 'ram') => string | number | undefined): string => over.map(value).join(', ');
  const text =
    `Quota exceeded for ${join((name) => name)}: Requested ${join((name) => more[name])}, ` +
    `but already used ${join((name) => amounts[name]?.used)} of ${join((name) => amounts[name]?.limit)} ${join((name) => name)}`;
  throw new ExpectedError('QuotaExceeded', text, { overs: over });
}
