import { AUTH_METHODS, ExpectedError } from '#libs/contracts';
import type { UserData } from '#libs/contracts';

/**
 * keystone's rules of several methods: a user whose option `multi_factor_auth_rules` has rules logs in by all methods of
 * one of them, unless `multi_factor_auth_enabled` is false. Methods that there are not are passed over, and a rule of
 * such ones alone is none. Error MoreMethodsRequired, with what the receipt tells.
 */
export function requireMethods(user: UserData, methods: readonly string[]): void {
  const { multi_factor_auth_rules: found, multi_factor_auth_enabled: enabled } = user.options ?? {};
  if (enabled === false) return;
  const rules = methodLists(found)
    .map((rule) => rule.filter((name) => AUTH_METHODS.some((known) => known === name)))
    .filter((rule) => rule.length > 0);
  if (rules.length === 0 || rules.some((rule) => rule.every((name) => methods.includes(name)))) return;
  throw new ExpectedError('MoreMethodsRequired', 'Additional authentications steps required.', {
    user: { id: user.id, name: user.name, domain: { id: user.domain_id, name: user.domain_name } },
    methods,
    required_auth_methods: rules.filter((rule) => rule.some((name) => methods.includes(name))),
  });
}

/** What is no list of lists of names is no rule. */
function methodLists(value: unknown): readonly (readonly string[])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((rule: unknown) =>
    Array.isArray(rule) && rule.every((name) => typeof name === 'string') ? [rule] : [],
  );
}
