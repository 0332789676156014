import { validateSync } from 'class-validator';
import { ExpectedError } from '#libs/contracts';
import type { ActionDeclaration } from '#libs/contracts';
import { readInstance } from '#libs/messaging';

/**
 * A body as its declaration has it: other callers of the bus than our gateway may send anything. Passwords are not sent
 * on, so one that the API requires may be missing. Error: InvalidInput.
 */
export function checkedBody({ key, body: bodyClass }: ActionDeclaration, body: object): Record<string, unknown> {
  if (bodyClass === undefined) return {};
  const instance = readInstance(bodyClass, body);
  const errors = validateSync(instance, { whitelist: true, stopAtFirstError: true });
  const found = errors.find(({ property }) => property !== 'adminPass');
  if (found !== undefined) throw new ExpectedError('InvalidInput', `${key}: ${found.property} is not valid`);
  return { ...instance };
}
