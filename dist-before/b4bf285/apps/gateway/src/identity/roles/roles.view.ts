import type { RoleData } from '#libs/contracts';

export function roleView(base: string, role: RoleData): object {
  return {
    id: role.id,
    name: role.name,
    domain_id: role.domain_id,
    description: role.description ?? null,
    options: {},
    links: { self: `${base}/v3/roles/${role.id}` },
  };
}
