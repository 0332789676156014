import type { Credentials } from '../credentials.js';
import type { PolicyTarget } from '../target.js';
import type { Check } from './check.js';
import { attributeMatches, fieldMatches, hasRole } from './matching.js';

export type Verdict = (target: PolicyTarget, creds: Credentials) => boolean;

const allow: Verdict = () => true;
const deny: Verdict = () => false;

/** Compiles a check to closures; `linkRule` returns the closure of another rule, or `undefined` if there is none. */
export function compileCheck(check: Check, linkRule: (name: string) => Verdict | undefined): Verdict {
  switch (check.op) {
    case 'always':
      return allow;
    case 'never':
      return deny;
    case 'and': {
      const parts = check.checks.map((part) => compileCheck(part, linkRule));
      return (target, creds) => parts.every((part) => part(target, creds));
    }
    case 'or': {
      const parts = check.checks.map((part) => compileCheck(part, linkRule));
      return (target, creds) => parts.some((part) => part(target, creds));
    }
    case 'not': {
      const inner = compileCheck(check.check, linkRule);
      return (target, creds) => !inner(target, creds);
    }
    case 'rule':
      return linkRule(check.name) ?? deny;
    case 'role': {
      const { match } = check;
      return (target, creds) => {
        const role = match(target);
        return role !== undefined && hasRole(creds, role);
      };
    }
    case 'literal': {
      const { match, value } = check;
      return (target) => match(target) === value;
    }
    case 'attribute': {
      const { match, path } = check;
      return (target, creds) => {
        const wanted = match(target);
        return wanted !== undefined && attributeMatches(creds, path, wanted);
      };
    }
    case 'field': {
      const { field, value, pattern } = check;
      return (target) => fieldMatches(target, field, value, pattern);
    }
    default:
      return check satisfies never;
  }
}
