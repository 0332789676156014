import type { OptionDeclaration, OptionGroupClass } from '../internal/declaration.js';
import type { ProgramDeclaration } from '../program-declaration.js';
import type { JsonSchema } from '../internal/types/option-type.js';
import { byGroup } from './grouping.js';
import { factsOf } from './option-facts.js';
import { hasProgramDefault } from './program-notes.js';

function optionSchema(option: OptionDeclaration, programs: readonly ProgramDeclaration[]): JsonSchema {
  const own = option.type.schema();
  const varies = typeof option.default === 'function' || factsOf(option).isComputed;
  const value: unknown = varies || hasProgramDefault(option, programs) ? undefined : option.default;
  return {
    description: option.help,
    // Any option may be given as a text that names another one; a plain string permits that anyway.
    ...(Object.keys(own).join() === 'type' && own['type'] === 'string'
      ? own
      : { anyOf: [own, { type: 'string', pattern: String.raw`\$` }] }),
    ...(value !== undefined && { default: value }),
    ...(option.secret === true && { writeOnly: true }),
    ...(option.deprecatedForRemoval !== undefined && { deprecated: true }),
  };
}

/**
 * JSON Schema (draft 2020-12) of a configuration written as group, option, value: the schema of the chart's `config`
 * values. Names that it does not contain are refused.
 */
export function configurationSchema(
  classes: readonly OptionGroupClass[],
  programs: readonly ProgramDeclaration[] = [],
): JsonSchema {
  const properties = byGroup(classes).map(({ group, parts }) => {
    const options = parts.flatMap((part) => part.options);
    const schema = {
      type: 'object',
      description: parts.map((part) => part.help).join(' '),
      additionalProperties: false,
      properties: Object.fromEntries(options.map((option) => [option.name, optionSchema(option, programs)])),
    };
    return [group, schema] as const;
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Albireo configuration',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  };
}
