import type { ActionDeclaration } from '#libs/contracts';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { validateBody } from '../../edge/validation/valid-body.decorator.js';

/** The input of an action; its password is only returned to the client. */
export interface ActionRequest {
  readonly body: object;
  readonly password: string | undefined;
}

/** The value under an action's key, checked. Throws InvalidBody. */
export function readActionBody(declared: ActionDeclaration, value: unknown, version: number): ActionRequest {
  const { key, nullable = false } = declared;
  if (declared.nullOnly === true && value !== null) {
    throw new InvalidBody({ field: key, value, reason: `the value is not of type 'null'` });
  }
  // Before a version that checks it, nova accepts any value.
  if (declared.body === undefined || version < (declared.bodySince ?? 1)) return { body: {}, password: undefined };
  if (value === null && nullable) return { body: {}, password: undefined };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidBody({ field: key, value, reason: `the value is not of type 'object'` });
  }
  const body: object & { adminPass?: unknown } = { ...validated(declared, value, version) };
  const password = typeof body.adminPass === 'string' ? body.adminPass : undefined;
  delete body.adminPass;
  return { body, password };
}

/** Faults of the value itself name the action; those of a field name the field. */
function validated({ key, body: bodyClass }: ActionDeclaration, given: object, version: number): object {
  if (bodyClass === undefined) return {};
  try {
    return validateBody(bodyClass, given, version);
  } catch (error) {
    if (!(error instanceof InvalidBody) || error.invalid.field !== '') throw error;
    throw new InvalidBody({ ...error.invalid, field: key, value: given });
  }
}
