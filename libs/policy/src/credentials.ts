/** The caller, under oslo.context's policy names: `roles`, `user_id`, `project_id`, `system_scope`, … */
export type Credentials = Readonly<Record<string, unknown>>;

/**
 * Credentials of a request context: the context's own keys, and the older names that neutron's rules still use
 * (`tenant_id` for `project_id`). Cheap: make them once per request.
 */
export function credentialsOf(context: Readonly<Record<string, unknown>>): Credentials {
  return { ...context, tenant_id: context['project_id'], tenant_name: context['project_name'] };
}

/**
 * Credentials for keystone's rules: the context's keys and the token's, `token.domain.id` for a token of a domain and
 * `token.project.domain.id` for one of a project.
 */
export function identityCredentials(context: Readonly<Record<string, unknown>>): Credentials {
  const { user_id, user_domain_id, project_id, project_domain_id, domain_id } = context;
  return {
    ...credentialsOf(context),
    token: {
      user: { id: user_id, domain: { id: user_domain_id } },
      ...(isSet(project_id) ? { project: { id: project_id, domain: { id: project_domain_id } } } : {}),
      ...(isSet(domain_id) ? { domain: { id: domain_id } } : {}),
    },
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
