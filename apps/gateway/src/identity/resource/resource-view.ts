import { Domain, Project, Role, User, declarationOf, isRecord } from '#libs/contracts';
import type { Declaration, ResourceClass } from '#libs/contracts';

type Row = Readonly<Record<string, unknown>>;

/** Additional fields in the view of a kind; `self` is its own link. */
type Extras = (row: Row, base: string, self: string) => object;

const EXTRAS: Readonly<Record<string, Extras>> = {
  // A project directly below its domain has the domain as parent; a domain among the projects has neither.
  project: (row) => ({ parent_id: row['parent_id'] ?? row['domain_id'] ?? null }),
  access_token: (_row, _base, self) => ({ links: { self, roles: `${self}/roles` } }),
  ec2_credential: (row, base) => ({
    links: { self: `${base}/v3/users/${String(row['user_id'])}/credentials/OS-EC2/${String(row['access'])}` },
  }),
  // Their roles have no links.
  application_credential: ({ roles, access_rules: rules }) => ({
    roles: entriesOf(roles).map(({ id, name, domain_id: domain, description = null, options = {} }) => {
      return { id, name, domain_id: domain, description, options };
    }),
    ...(entriesOf(rules).length === 0 ? {} : { access_rules: rules }),
  }),
  trust: ({ roles }, base, self) => ({
    deleted_at: null,
    roles: entriesOf(roles).map((role) => roleView(base, role)),
    roles_links: { self: `${self}/roles`, next: null, previous: null },
  }),
  endpoint: (row) => ({ region: row['region_id'] ?? null }),
  identity_provider: (_row, _base, self) => ({ links: { self, protocols: `${self}/protocols` } }),
  identity_provider_protocol: (row, base, self) => ({
    links: {
      self,
      identity_provider: `${base}/v3/OS-FEDERATION/identity_providers/${encodeURIComponent(String(row['idp_id']))}`,
    },
  }),
};

function entriesOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** A declared resource as keystone shows it: its fields, additional attributes, and a link to itself. */
export function resourceView(declaration: Declaration, base: string, data: object): object {
  const row: Row = { ...data };
  const path = declaration.path.replace(':parent_id', encodeURIComponent(String(row[declaration.parent?.field ?? ''])));
  const self = `${base}/v3/${path}/${encodeURIComponent(String(row['id']))}`;
  const view: Record<string, unknown> = {};
  for (const { name, field, visible, computed, default: instead } of declaration.fields) {
    // A secret that is shown once is absent later; a field that an older worker does not send has its default.
    const value = row[field] ?? (row[field] === undefined && !computed ? instead : null) ?? null;
    const isLeftOut = (computed && row[field] === undefined) || (visible === 'given' && value === null);
    if (visible && !isLeftOut) view[name] = value;
  }
  const { extra } = row;
  return {
    ...(typeof extra === 'object' ? extra : {}),
    ...view,
    links: { self },
    ...EXTRAS[declaration.qualified]?.(row, base, self),
  };
}

const viewOf =
  <R extends object>(type: ResourceClass<R>) =>
  (base: string, data: Partial<R>): object =>
    resourceView(declarationOf(type), base, data);

export const domainView = viewOf(Domain);
export const projectView = viewOf(Project);
export const userView = viewOf(User);
export const roleView = viewOf(Role);
