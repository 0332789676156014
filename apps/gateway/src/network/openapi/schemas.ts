import { envelopeOf, fieldsOf } from '#libs/contracts';
import type { ActionOptions, Declaration, JsonSchema } from '#libs/contracts';
import { inputSchema, propertiesOf } from '../../edge/openapi/field-schemas.js';

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
      properties: propertiesOf(shown, ({ type, post }) => ({
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
  const schema = action.body === undefined ? {} : inputSchema(fieldsOf(action.body), 'put', { complete: true });
  const name = envelopeOf(declaration, action);
  return name === undefined ? schema : { type: 'object', required: [name], properties: { [name]: schema } };
}
