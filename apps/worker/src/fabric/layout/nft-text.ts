/** A chain's name and lines; the first line may be its hook. */
export interface Chain {
  readonly name: string;
  readonly lines: readonly string[];
}

/** A named set of addresses or prefixes of one IP version. */
export interface NamedSet {
  readonly name: string;
  readonly version: 4 | 6;
  readonly elements: readonly string[];
}

/**
 * A table that replaces any table of the same name, in one transaction of nft: a packet meets either the old rules or
 * the new ones, never none.
 */
export function replaceTable(
  family: 'ip' | 'inet' | 'bridge',
  name: string,
  chains: readonly Chain[],
  sets: readonly NamedSet[] = [],
): string {
  const body = [
    ...sets.flatMap((set) => [
      ` set ${set.name} {`,
      `  type ipv${set.version}_addr`,
      '  flags interval',
      '  auto-merge',
      ...(set.elements.length === 0 ? [] : [`  elements = { ${set.elements.join(', ')} }`]),
      ' }',
    ]),
    ...chains.flatMap((chain) => [` chain ${chain.name} {`, ...chain.lines.map((line) => `  ${line}`), ' }']),
  ];
  return [
    `table ${family} ${name}`,
    `delete table ${family} ${name}`,
    `table ${family} ${name} {`,
    ...body,
    '}',
    '',
  ].join('\n');
}

/** `key vmap { "a" : jump x, … }`; no line if there are no entries. */
export function verdictMap(key: string, entries: readonly (readonly [key: string, verdict: string])[]): string[] {
  if (entries.length === 0) return [];
  return [`${key} vmap { ${entries.map(([value, verdict]) => `${value} : ${verdict}`).join(', ')} }`];
}

/** `{ a, b }` */
export function listOf(values: readonly string[]): string {
  return `{ ${values.join(', ')} }`;
}
