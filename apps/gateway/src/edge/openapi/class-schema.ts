import { getMetadataStorage } from 'class-validator';
import { isRecord, versionBoundsOf } from '#libs/contracts';
import type { JsonSchema } from '#libs/contracts';
import { readingsOf } from '#libs/messaging';
import { inMicroversions, widened } from './microversions.js';

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** A class that class-validator's decorators declare. */
type BodyClass = new () => object;

/** class-validator's own rules, with their constraint. */
const RULES: Readonly<Record<string, (constraint: unknown) => JsonSchema>> = {
  isDefined: () => ({}),
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isObject: () => ({ type: 'object' }),
  isArray: () => ({ type: 'array' }),
  isIn: (values) => ({ enum: values }),
  min: (least) => ({ minimum: least }),
  max: (most) => ({ maximum: most }),
  minLength: (least) => ({ minLength: least }),
  maxLength: (most) => ({ maxLength: most }),
  arrayMinSize: (least) => ({ minItems: least }),
  arrayNotEmpty: () => ({ minItems: 1 }),
  arrayUnique: () => ({ uniqueItems: true }),
  arrayMaxSize: (most) => ({ maxItems: most }),
  matches: (pattern) => ({ pattern: pattern instanceof RegExp ? pattern.source : String(pattern) }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isIp: (version) =>
    version === undefined
      ? { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }
      : { type: 'string', format: version === 6 ? 'ipv6' : 'ipv4' },
};

/**
 * The schema of a body's class. The library class-validator-jsonschema does not support microversions, nested classes
 * without class-transformer, or this product's own rules, so the class is read here. Throws TypeError for an unknown
 * rule.
 */
export function classSchema(type: BodyClass): JsonSchema {
  const fields = new Map<string, Metadata[]>();
  for (const metadata of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    fields.set(metadata.propertyName, [...(fields.get(metadata.propertyName) ?? []), metadata]);
  }
  const bounds = versionBoundsOf(type);
  const required = [...fields].filter(([name, rules]) => !bounds.has(name) && !mayBeAbsent(name, rules));
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required: required.map(([name]) => name) }),
    properties: Object.fromEntries(
      [...fields].map(([name, rules]) => {
        const schema = fieldSchema(type, name, rules);
        const ranges = bounds.get(name);
        return [name, ranges === undefined ? schema : inMicroversions(schema, ranges)] as const;
      }),
    ),
    additionalProperties: false,
  };
}

function fieldSchema(type: BodyClass, name: string, rules: readonly Metadata[]): JsonSchema {
  const { nested, read } = readingsOf(type).get(name) ?? {};
  const own: Record<string, unknown> = {};
  const items: Record<string, unknown> = {};
  for (const rule of rules) Object.assign(rule.each ? items : own, ruleSchema(type, rule));
  if (nested !== undefined) Object.assign(rules.some(({ each }) => each) ? items : own, classSchema(nested()));
  const schema = widened(Object.keys(items).length === 0 ? own : { ...own, items }, read);
  const others = [
    ...(passes(name, rules, null) ? [{ type: 'null' }] : []),
    // A value that no rule checks: any text, or only the empty one.
    ...(passes(name, rules, 'text') ? [{ type: 'string' }] : passes(name, rules, '') ? [{ const: '' }] : []),
  ];
  return others.length === 0 || Object.keys(schema).length === 0 ? schema : { anyOf: [schema, ...others] };
}

function ruleSchema(type: BodyClass, rule: Metadata): JsonSchema {
  if (rule.type !== 'customValidation') return {};
  const constraints: readonly unknown[] = rule.constraints ?? [];
  const [constraint] = constraints;
  const known = RULES[rule.name ?? ''];
  if (known !== undefined) return known(constraint);
  if (isRecord(constraint)) return constraint;
  throw new TypeError(`class ${type.name}: the rule ${rule.name} of ${rule.propertyName} has no schema`);
}

/** Whether a condition exempts a value from the rules; `holder` is the body that contains it. */
function passes(name: string, rules: readonly Metadata[], value: unknown, holder: object = { [name]: value }): boolean {
  return rules.some(({ type, constraints }) => {
    const condition: unknown = constraints?.[0];
    if (type !== 'conditionalValidation' || typeof condition !== 'function') return false;
    return !Reflect.apply(condition, undefined, [holder, value]);
  });
}

/**
 * Whether a body without a field can be valid: with any other fields, or with all other fields (a name instead of an
 * id).
 */
function mayBeAbsent(name: string, rules: readonly Metadata[]): boolean {
  const others = new Proxy({}, { get: (_holder, key) => (key === name ? undefined : 'given') });
  return passes(name, rules, undefined) || passes(name, rules, undefined, others);
}
