import type { FieldDeclaration, InputOperation, JsonSchema } from '#libs/contracts';
import { inMicroversions, widened } from './microversions.js';

/**
 * The input of a POST or a PUT by declared fields, including the other forms from which values are converted.
 *
 * @param complete whether the required fields must be present; by default those of a POST
 */
export function inputSchema(
  fields: readonly FieldDeclaration[],
  operation: InputOperation,
  complete = operation === 'post',
): JsonSchema {
  const taken = fields.filter((field) => field[operation] !== undefined);
  const required = complete ? taken.filter((field) => field.required && isInAll(field)).map(({ name }) => name) : [];
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: propertiesOf(taken, (field) => {
      const type = field[operation] ?? field.type;
      const schema = widened(type.schema, type.convert);
      const own = operation === 'post' && field.default !== undefined ? { ...schema, default: field.default } : schema;
      return type.since === undefined ? own : inMicroversions(own, [{ since: type.since, until: field.until }]);
    }),
    additionalProperties: false,
  };
}

/** Whether every microversion has it. */
export function isInAll({ since, until }: FieldDeclaration): boolean {
  return since === 1 && until === Number.POSITIVE_INFINITY;
}

/** Schemas under each of the fields' names. */
export function propertiesOf(
  fields: readonly FieldDeclaration[],
  schemaOf: (field: FieldDeclaration) => JsonSchema,
): Readonly<Record<string, JsonSchema>> {
  const properties: Record<string, JsonSchema> = {};
  for (const field of fields) {
    const schema = inMicroversions(schemaOf(field), [field]);
    const other = properties[field.name];
    // One name may be another field since a microversion.
    properties[field.name] = other === undefined ? schema : { anyOf: [other, schema] };
    if (field.alias !== undefined) properties[field.alias] = { ...schema, deprecated: true };
  }
  return properties;
}
