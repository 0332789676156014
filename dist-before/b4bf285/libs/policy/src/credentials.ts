/** Who asks, under oslo.context's policy names: `roles`, `user_id`, `project_id`, `system_scope`, … */
export type Credentials = Readonly<Record<string, unknown>>;

/**
 * Credentials of a request context: the context's own keys, and the older names that neutron's rules still use
 * (`tenant_id` for `project_id`). Cheap: make them once a request.
 */
export function credentialsOf(context: Readonly<Record<string, unknown>>): Credentials {
  return { ...context, tenant_id: context['project_id'], tenant_name: context['project_name'] };
}
