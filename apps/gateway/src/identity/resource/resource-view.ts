import type { Declaration } from '#libs/contracts';

type Row = Readonly<Record<string, unknown>>;

/** What a kind shows beside its fields; `self` is its own link. */
type Extras = (row: Row, base: string, self: string) => object;

const EXTRAS: Readonly<Record<string, Extras>> = {
  endpoint: (row) => ({ region: row['region_id'] ?? null }),
  identity_provider: (_row, _base, self) => ({ links: { self, protocols: `${self}/protocols` } }),
  identity_provider_protocol: (row, base, self) => ({
    links: {
      self,
      identity_provider: `${base}/v3/OS-FEDERATION/identity_providers/${encodeURIComponent(String(row['idp_id']))}`,
    },
  }),
};

/** A declared resource as keystone shows it: its fields, the attributes beyond them, and a link to itself. */
export function resourceView(declaration: Declaration, base: string, data: object): object {
  const row: Row = { ...data };
  const path = declaration.path.replace(':parent_id', encodeURIComponent(String(row[declaration.parent?.field ?? ''])));
  const self = `${base}/v3/${path}/${encodeURIComponent(String(row['id']))}`;
  const view: Record<string, unknown> = {};
  for (const { name, field, visible, computed } of declaration.fields) {
    // A secret that is told once is not there the next time.
    if (visible && !(computed && row[field] === undefined)) view[name] = row[field] ?? null;
  }
  const { extra } = row;
  return {
    ...(typeof extra === 'object' ? extra : {}),
    ...view,
    links: { self },
    ...EXTRAS[declaration.qualified]?.(row, base, self),
  };
}
