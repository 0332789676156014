import { envelopeOf, fieldsOf } from '#libs/contracts';
import type { ActionOptions, Declaration, FieldDeclaration, JsonSchema } from '#libs/contracts';

/** What a resource's schema is called: its class's name. */
export function schemaName({ className }: Declaration): string {
  return className;
}

/** The schemas of a resource: as it is shown, and as a POST and a PUT take it. */
export function schemasOf(declaration: Declaration): Readonly<Record<string, JsonSchema>> {
  const { fields } = declaration;
  const name = schemaName(declaration);
  const shown = fields.filter(({ visible }) => visible);
  return {
    [name]: {
      type: 'object',
      properties: properties(shown, ({ type, post }) => ({
        ...(type.shown?.schema ?? type.schema),
        ...(post === undefined ? { readOnly: true } : {}),
      })),
    },
    [`${name}Create`]: inputSchema(fields, 'post'),
    [`${name}Update`]: inputSchema(fields, 'put'),
  };
}

/** The body of an action, inside its envelope where it has one. */
export function bodyOf(action: ActionOptions, declaration: Declaration): JsonSchema {
  const schema = action.body === undefined ? {} : inputSchema(fieldsOf(action.body), 'put', true);
  const name = envelopeOf(declaration, action);
  return name === undefined ? schema : { type: 'object', required: [name], properties: { [name]: schema } };
}

function inputSchema(
  fields: readonly FieldDeclaration[],
  operation: 'post' | 'put',
  complete = operation === 'post',
): JsonSchema {
  const taken = fields.filter((field) => field[operation] !== undefined);
  const required = complete ? taken.filter((field) => field.required).map(({ name }) => name) : [];
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: properties(taken, (field) => ({
      ...field[operation]?.schema,
      ...(operation === 'post' && field.default !== undefined ? { default: field.default } : {}),
    })),
    additionalProperties: false,
  };
}

/** Under each of a field's names. */
function properties(
  fields: readonly FieldDeclaration[],
  schemaOf: (field: FieldDeclaration) => JsonSchema,
): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const older = field.alias === undefined ? [] : [[field.alias, { ...schemaOf(field), deprecated: true }] as const];
      return [[field.name, schemaOf(field)] as const, ...older];
    }),
  );
}
