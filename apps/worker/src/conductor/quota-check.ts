import { ExpectedError } from '#libs/contracts';
import type { QuotaAmount, QuotaHold, Quotas } from '../quota/quotas.js';
import type { Transaction } from '../store/index.js';

/** The quota resources that a server uses, in nova's order. */
const SERVER_RESOURCES = ['instances', 'cores', 'ram'] as const;
type ServerResource = (typeof SERVER_RESOURCES)[number];

/**
 * Locks the project's quota, so that other creates of servers wait until the commit; the first statement of the
 * transaction. Also locks the user's own limits within the project.
 */
export function holdServers(
  tx: Transaction,
  quotas: Quotas,
  projectId: string,
  memberId: string | null,
): Promise<QuotaHold<'compute'>> {
  return quotas.hold(tx, 'compute', SERVER_RESOURCES, [{ projectId, memberId }]);
}

type ServerAmounts = Readonly<Partial<Record<ServerResource, QuotaAmount>>>;

/** The limits and usage of the project or of its user, whichever leaves less room, by resource. */
export async function serverAmounts(hold: QuotaHold<'compute'>, projectId: string): Promise<ServerAmounts> {
  const [project, user] = [await hold.amounts({ projectId }), await hold.userAmounts({ projectId })];
  const roomOf = (amount: QuotaAmount): number => amount.limit - amount.used;
  const closer = SERVER_RESOURCES.flatMap((name) => {
    const found = [project[name], user[name]].filter((amount) => amount !== undefined);
    const [first] = found.toSorted((a, b) => roomOf(a) - roomOf(b));
    return first === undefined ? [] : [[name, first] as const];
  });
  return Object.fromEntries(closer);
}

/**
 * How many servers of a flavor the project may create now: `max`, or as many as fit if these are at least `min`. Error:
 * QuotaExceeded.
 */
export async function roomForServers(
  hold: QuotaHold<'compute'>,
  projectId: string,
  flavor: { readonly vcpus: number; readonly ram: number },
  count: { readonly min: number; readonly max: number },
): Promise<number> {
  const amounts = await serverAmounts(hold, projectId);
  const each = { instances: 1, cores: flavor.vcpus, ram: flavor.ram };
  const fitting = SERVER_RESOURCES.map((name) => ({ name, servers: fit(amounts[name], each[name]) }));
  const allowed = Math.min(count.max, ...fitting.map(({ servers }) => servers));
  if (allowed >= count.min) return allowed;
  const over = fitting.filter(({ servers }) => servers < count.min).map(({ name }) => name);
  throw quotaExceeded(over, amounts, each, count.min);
}

function fit(amount: QuotaAmount | undefined, each: number): number {
  if (amount === undefined || each === 0) return Number.MAX_SAFE_INTEGER;
  return Math.max(0, Math.floor((amount.limit - amount.used) / each));
}

function quotaExceeded(
  over: readonly ServerResource[],
  amounts: ServerAmounts,
  each: Readonly<Record<ServerResource, number>>,
  count: number,
): ExpectedError {
  const join = (value: (name: ServerResource) => string | number | undefined): string => over.map(value).join(', ');
  const text =
    `Quota exceeded for ${join((name) => name)}: Requested ${join((name) => each[name] * count)}, ` +
    `but already used ${join((name) => amounts[name]?.used)} of ${join((name) => amounts[name]?.limit)} ${join((name) => name)}`;
  return new ExpectedError('QuotaExceeded', text, { overs: over });
}
