import type { DhcpOption, DhcpOptionInput } from '#libs/contracts';

/** Options that may have an empty value, as in neutron-lib's VALID_BLANK_EXTRA_DHCP_OPTS. */
const BLANK: ReadonlySet<string> = new Set(['router', 'classless-static-route']);

/**
 * A port's DHCP options after a change: an option with the same name and IP version gets the new value, null removes
 * it, others stay (neutron.db.extradhcpopt_db).
 */
export function changeOptions(
  before: readonly DhcpOption[],
  wanted: readonly DhcpOptionInput[] | null,
): readonly DhcpOption[] {
  const options = new Map(before.map((option) => [keyOf(option), option]));
  for (const { opt_name: name, opt_value: value, ip_version: version = 4 } of wanted ?? []) {
    const option = { opt_name: name, ip_version: version };
    if (value === null) options.delete(keyOf(option));
    else if (value !== '' || BLANK.has(name)) options.set(keyOf(option), { ...option, opt_value: value });
  }
  return [...options.values()];
}

function keyOf({ opt_name: name, ip_version: version }: Pick<DhcpOption, 'opt_name' | 'ip_version'>): string {
  return `${version} ${name}`;
}
