import { ExpectedError, policyRules } from '#libs/contracts';
import type { CallerPolicy } from '#libs/messaging';

const ruleNames: ReadonlySet<string> = new Set(
  Object.values(policyRules).flatMap((rules) => rules.map(({ name }) => name)),
);

/**
 * Refuses by default: a call without a user in its context is `Unauthorized`, whichever process sent it, unless the
 * contract allows anyone to call the method. A contract with a method without declared access, or with unknown rules,
 * is not served at all.
 */
export const callerPolicy: CallerPolicy = {
  examine({ topic, methods }) {
    const faults = Object.entries(methods).flatMap(([name, { access }]) => {
      if (access === undefined) return [`${topic}.${name} declares neither a policy rule nor who else may call it`];
      if (typeof access === 'string') return [];
      const unknown = access.filter((rule) => !ruleNames.has(rule));
      return unknown.map((rule) => `${topic}.${name} declares "${rule}", which is no registered rule`);
    });
    if (faults.length > 0) throw new Error(faults.join('; '));
  },
  admit(context, { access }, name) {
    if (access === 'anyone' || context.user_id !== null) return;
    throw new ExpectedError('Unauthorized', `${name} is done for users only, and the context of the call has none.`);
  },
};
