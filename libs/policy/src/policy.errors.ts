import type { ScopeType } from './rule-rows.js';

export type PolicyErrorCode =
  | 'PolicyNotAuthorized'
  | 'InvalidScope'
  | 'PolicyNotRegistered'
  | 'PolicySyntax'
  | 'PolicyDefinition';

/** Base class of all errors that this library throws; `code` is stable. */
export abstract class PolicyError extends Error {
  abstract readonly code: PolicyErrorCode;
}

/**
 * The credentials do not satisfy the rule. Clients get 403, or 404 if the existence of the object must not be revealed.
 */
export class PolicyNotAuthorized extends PolicyError {
  override readonly name = 'PolicyNotAuthorized';
  readonly code = 'PolicyNotAuthorized';
  constructor(readonly rule: string) {
    super(`${rule} is disallowed by policy`);
  }
}

/** The token has a scope that the rule does not accept. Clients get 403. */
export class InvalidScope extends PolicyError {
  override readonly name = 'InvalidScope';
  readonly code = 'InvalidScope';
  constructor(
    readonly rule: string,
    readonly expected: readonly ScopeType[],
    readonly found: ScopeType,
  ) {
    super(`${rule} requires a scope of ${expected.join(' or ')}, request was made with ${found} scope`);
  }
}

/** `authorize` was called with a rule that is not registered: a programming error, never the client's. */
export class PolicyNotRegistered extends PolicyError {
  override readonly name = 'PolicyNotRegistered';
  readonly code = 'PolicyNotRegistered';
  constructor(readonly rule: string) {
    super(`policy ${rule} has not been registered: add it to the rules of its service`);
  }
}

/** A rule's text cannot be parsed. oslo.policy logs this and denies; here it stops the load. */
export class PolicySyntaxError extends PolicyError {
  override readonly name = 'PolicySyntaxError';
  readonly code = 'PolicySyntax';
}

/** One fault of the rules: `file` and `line` (from 1) are absent for rules registered in code. */
export interface PolicyFault {
  readonly rule?: string;
  readonly file?: string;
  readonly line?: number;
  readonly message: string;
}

/** The rules as a whole cannot be used; all faults are reported at once. */
export class PolicyDefinitionError extends PolicyError {
  override readonly name = 'PolicyDefinitionError';
  readonly code = 'PolicyDefinition';
  constructor(readonly faults: readonly PolicyFault[]) {
    super(faults.map(describeFault).join('\n'));
  }
}

function describeFault(fault: PolicyFault): string {
  const place = fault.file === undefined ? '' : `${fault.file}${fault.line === undefined ? '' : `:${fault.line}`}: `;
  return `${place}${fault.rule === undefined ? '' : `policy "${fault.rule}": `}${fault.message}`;
}
