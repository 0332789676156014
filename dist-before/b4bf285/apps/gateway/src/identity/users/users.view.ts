import type { UserData } from '#libs/contracts';

export function userView(base: string, user: UserData): object {
  return {
    id: user.id,
    name: user.name,
    domain_id: user.domain_id,
    enabled: user.enabled,
    ...(user.default_project_id === null ? {} : { default_project_id: user.default_project_id }),
    ...(user.email === null ? {} : { email: user.email }),
    ...(user.description == null ? {} : { description: user.description }),
    password_expires_at: null,
    options: {},
    links: { self: `${base}/v3/users/${user.id}` },
  };
}
