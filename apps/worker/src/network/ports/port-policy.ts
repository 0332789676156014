import { Port, declarationOf } from '#libs/contracts';
import type { NetworkData, PortInput } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { NetworkPolicy } from '../network-policy.js';

const declaration = declarationOf(Port);

const defaults = Object.fromEntries(declaration.fields.map((field) => [field.field, field.default]));

/**
 * Checks whether the caller may create this port for the project `owner`, attribute by attribute. Code that creates a
 * port for a user checks this with the user's context. Error PolicyNotAuthorized.
 */
export function authorizePortCreate(
  policy: NetworkPolicy,
  context: RequestContext,
  input: PortInput,
  owner: string,
  network: NetworkData,
): void {
  const target = policy.target(declaration, { ...defaults, ...input, project_id: owner }, network);
  policy.authorizeChange(context, declaration, 'create', { ...input }, target);
}
