import type { PolicyFault } from '../policy.errors.js';
import type { Check } from './check.js';
import { compileCheck } from './compile.js';
import type { Verdict } from './compile.js';

/** An effective rule: its check and its source. */
export interface EffectiveRule {
  readonly name: string;
  readonly check: Check;
  readonly source: 'default' | 'file';
  readonly file?: string;
  readonly line?: number;
}

/** All effective rules, linked and compiled. Immutable: a reload makes a new set. */
export class RuleSet {
  readonly #verdicts = new Map<string, Verdict>();

  /** Cycles must be excluded first, see `findCycles`. */
  constructor(
    readonly rules: ReadonlyMap<string, EffectiveRule>,
    private readonly defaultRule: string,
  ) {
    for (const name of rules.keys()) this.verdict(name);
  }

  /** The rule, or the default rule if it does not exist. */
  find(name: string): EffectiveRule | undefined {
    return this.rules.get(name) ?? this.rules.get(this.defaultRule);
  }

  /** The compiled rule; `undefined` when neither it nor the default rule exists, which means deny. */
  verdict(name: string): Verdict | undefined {
    const rule = this.find(name);
    if (rule === undefined) return undefined;
    let verdict = this.#verdicts.get(rule.name);
    if (verdict === undefined) {
      verdict = compileCheck(rule.check, (other) => this.verdict(other));
      this.#verdicts.set(rule.name, verdict);
    }
    return verdict;
  }
}

/** Names of the rules that a check refers to. */
export function* referencedRules(check: Check): Generator<string> {
  if (check.op === 'rule') yield check.name;
  else if (check.op === 'not') yield* referencedRules(check.check);
  else if (check.op === 'and' || check.op === 'or') for (const part of check.checks) yield* referencedRules(part);
}

/** One fault for each cycle of rules that refer to each other; the default rule replaces missing ones. */
export function findCycles(rules: ReadonlyMap<string, EffectiveRule>, defaultRule: string): PolicyFault[] {
  const faults: PolicyFault[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): void => {
    const rule = rules.get(name) ?? rules.get(defaultRule);
    if (rule === undefined || done.has(rule.name)) return;
    const start = path.indexOf(rule.name);
    if (start >= 0) {
      const ring = [...path.slice(start), rule.name].join(' -> ');
      const { file, line } = rule;
      faults.push({
        rule: rule.name,
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
        message: `refers to itself: ${ring}`,
      });
      return;
    }
    path.push(rule.name);
    for (const other of referencedRules(rule.check)) visit(other);
    path.pop();
    done.add(rule.name);
  };
  for (const name of rules.keys()) visit(name);
  return faults;
}
