import { policyRules } from '#libs/contracts';
import type { RuleDefault } from '#libs/policy';
import type { RouteEntry } from '../route-table.js';
import type { ApiName } from '../api-names.js';

/** The registered rules of each API. */
export const POLICY_RULES: Readonly<Record<ApiName, readonly RuleDefault[]>> = {
  identity: policyRules.identity,
  osapi_compute: policyRules.compute,
  metadata: policyRules.compute,
  image: policyRules.image,
  network: policyRules.network,
};

/** Throws unless every route declares its access, with existing rules; all faults at once. */
export function checkAccess(api: ApiName, routes: readonly RouteEntry[]): void {
  const names = new Set(POLICY_RULES[api].map((rule) => rule.name));
  const faults = routes.flatMap(({ method, url, access }) => {
    if (access === undefined) return [`${method} ${url} declares neither a policy rule nor that it is open`];
    const unknown = [...access.asked, ...access.ofObject].filter((rule) => !names.has(rule));
    return unknown.map((rule) => `${method} ${url} declares "${rule}", which is no rule of this API`);
  });
  if (faults.length > 0) throw new Error(`${api}: ${faults.join('; ')}`);
}
