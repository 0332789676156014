import type { JsonSchema } from '#libs/contracts';

/** A part of an OpenAPI 3.1 document. */
export type Json = Readonly<Record<string, unknown>>;

export interface OperationParts {
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  /** Status → schema; undefined: no body. */
  readonly answers: Readonly<Record<number, JsonSchema | undefined>>;
  /** Content type of the responses. @default application/json */
  readonly type?: string;
  /** Error statuses, which are below `#/components/responses`. */
  readonly errors: readonly number[];
}

export function operation(
  operationId: string,
  tag: string,
  { answers, errors, type = 'application/json', ...parts }: OperationParts,
): Json {
  const good = Object.entries(answers).map(([status, schema]) => [
    status,
    { description: 'Done', ...(schema === undefined ? {} : { content: { [type]: { schema } } }) },
  ]);
  const bad = errors.map((status) => [status, { $ref: `#/components/responses/${status}` }]);
  return { operationId, tags: [tag], ...parts, responses: Object.fromEntries([...good, ...bad]) };
}

/** The responses of errors, for `#/components/responses`. */
export function errorResponses(errors: Readonly<Record<number, string>>, schema: JsonSchema): Json {
  return Object.fromEntries(
    Object.entries(errors).map(([status, description]) => [
      status,
      { description, content: { 'application/json': { schema } } },
    ]),
  );
}

export function reference(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The body of a request, in one of these content types. */
export function content(schema: JsonSchema, types: readonly string[] = ['application/json']): Json {
  return { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

/** An object in which all of these are required. */
export function object(properties: Json): JsonSchema {
  return { type: 'object', required: Object.keys(properties), properties };
}

export const inPath = (name: string): Json => ({ name, in: 'path', required: true, schema: { type: 'string' } });
export const inQuery = (name: string, schema: object): Json => ({ name, in: 'query', schema });
/** A parameter that may be given several times. */
export const repeated = (name: string, items: object): Json => inQuery(name, { type: 'array', items });
/** A parameter of a list: a number, or a text that may be given several times. */
export const listParameter = (name: string): Json =>
  name === 'limit' || name === 'offset'
    ? inQuery(name, { type: 'integer', minimum: 0 })
    : repeated(name, { type: 'string' });

export const tokenScheme = { token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } } as const;
