import type { GroupDeclaration, OptionGroupClass } from '../internal/declaration.js';
import { declarationOf } from '../internal/declaration-registry.js';

/** The declared classes of each group, DEFAULT first, then by name. */
export function byGroup(
  classes: readonly OptionGroupClass[],
): readonly { readonly group: string; readonly parts: readonly GroupDeclaration[] }[] {
  const groups = new Map<string, GroupDeclaration[]>();
  for (const declaration of classes.map(declarationOf)) {
    const parts = groups.get(declaration.group);
    if (parts === undefined) groups.set(declaration.group, [declaration]);
    else parts.push(declaration);
  }
  const rank = (group: string): string => (group === 'DEFAULT' ? '' : group);
  return [...groups]
    .map(([group, parts]) => ({ group, parts }))
    .toSorted((left, right) => (rank(left.group) < rank(right.group) ? -1 : 1));
}
