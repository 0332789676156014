import { Fault } from '../../edge/errors/fault.js';

/** 400 for a body or query that cannot be understood, under webob's class name as neutron has it. */
export function badRequest(message: string): Fault {
  return new Fault(400, message, { code: 'HTTPBadRequest' });
}

/** 403 in oslo.policy's words: the rules that were asked, joined as neutron joins them. */
export function forbidden(rules: readonly string[]): Fault {
  const asked = rules.map((rule) => `rule:${rule}`);
  const text = asked.length > 1 ? `(${asked.join(' and ')})` : asked.join('');
  return new Fault(403, `${text} is disallowed by policy`, { code: 'PolicyNotAuthorized' });
}
