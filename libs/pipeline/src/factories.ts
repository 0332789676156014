/**
 * Composites that this library provides: maps of paths (with paste's rules, or with `/path/+`), and a choice by
 * strategy.
 */
export type Composite = 'urlmap' | 'urlmap_with_wildcards' | 'pipeline_by_auth_strategy';

/** The program's factories, and how files name them. */
export interface Factories {
  /** The program's name in references: `egg:DISTRIBUTION#NAME` is the filter or app NAME. */
  readonly distribution: string;
  readonly filters: ReadonlySet<string>;
  readonly apps: ReadonlySet<string>;
  /**
   * Other references that files may contain, as Python paths of the program that they were written for, mapped to the
   * names above.
   */
  readonly aliases?: {
    readonly filters?: ReadonlyMap<string, string>;
    readonly apps?: ReadonlyMap<string, string>;
    readonly composites?: ReadonlyMap<string, Composite>;
  };
}

const COMPOSITES: ReadonlyMap<string, Composite> = new Map([
  ['egg:Paste#urlmap', 'urlmap'],
  ['paste.urlmap:urlmap_factory', 'urlmap'],
]);
const OWN_COMPOSITES: ReadonlyMap<string, Composite> = new Map([
  ['urlmap', 'urlmap_with_wildcards'],
  ['pipeline_by_auth_strategy', 'pipeline_by_auth_strategy'],
]);

/** The NAME of a reference `egg:DISTRIBUTION#NAME`. */
function ownName({ distribution }: Factories, reference: string): string | undefined {
  const start = `egg:${distribution}#`;
  return reference.startsWith(start) ? reference.slice(start.length) : undefined;
}

export function findComposite(factories: Factories, reference: string): Composite | undefined {
  return (
    OWN_COMPOSITES.get(ownName(factories, reference) ?? '') ??
    COMPOSITES.get(reference) ??
    factories.aliases?.composites?.get(reference)
  );
}

/** The program's name for a factory as a file writes it; undefined for a factory that it does not have. */
export function findFactory(kind: 'filter' | 'app', reference: string, factories: Factories): string | undefined {
  const aliases = kind === 'filter' ? factories.aliases?.filters : factories.aliases?.apps;
  const name = ownName(factories, reference) ?? aliases?.get(reference);
  const allowed = kind === 'filter' ? factories.filters : factories.apps;
  return name !== undefined && allowed.has(name) ? name : undefined;
}
