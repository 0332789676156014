import type { Credentials } from '../credentials.js';
import type { Explanation } from '../explanation.js';
import type { PolicyTarget } from '../target.js';
import type { Check } from './check.js';
import { compileCheck } from './compile.js';
import type { RuleSet } from './rule-set.js';

/** Evaluates every node, also those that a verdict would not need. */
export function explainCheck(check: Check, rules: RuleSet, target: PolicyTarget, creds: Credentials): Explanation {
  const explain = (part: Check): Explanation => explainCheck(part, rules, target, creds);
  switch (check.op) {
    case 'always':
      return { text: '@', result: true, note: 'everybody', children: [] };
    case 'never':
      return { text: '!', result: false, note: 'nobody', children: [] };
    case 'and':
    case 'or': {
      const children = check.checks.map(explain);
      const result = check.op === 'and' ? children.every((node) => node.result) : children.some((node) => node.result);
      return { text: check.op, result, children };
    }
    case 'not': {
      const child = explain(check.check);
      return { text: 'not', result: !child.result, children: [child] };
    }
    case 'rule': {
      const found = rules.find(check.name);
      const text = `rule:${check.name}`;
      if (found === undefined) return { text, result: false, note: 'no such rule', children: [] };
      const child = explain(found.check);
      const note = found.name === check.name ? undefined : `not defined, so "${found.name}" is used`;
      return { text, result: child.result, ...(note === undefined ? {} : { note }), children: [child] };
    }
    default: {
      const result = compileCheck(check, () => undefined)(target, creds);
      const note = check.op === 'field' ? undefined : describeMatch(check.match(target), check.text);
      return { text: check.text, result, ...(note === undefined ? {} : { note }), children: [] };
    }
  }
}

function describeMatch(wanted: string | undefined, text: string): string | undefined {
  if (!text.includes('%')) return undefined;
  return wanted === undefined ? 'the target lacks the key' : `the target gives "${wanted}"`;
}
