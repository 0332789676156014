import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;

/** Why a body is not what it should be. */
type Check = (body: unknown) => string | undefined;

interface Operation {
  readonly pattern: RegExp;
  readonly method: string;
  readonly operation: Json;
}

/** A request that an API took, and its answer. */
export interface JudgedAnswer {
  readonly method: string;
  /** Below the URL of the document's server, without a query. */
  readonly path: string;
  readonly status: number;
  /** Undefined: none. */
  readonly body: unknown;
  /** The body of the request. */
  readonly request?: unknown;
  /** N of the microversion 2.N. */
  readonly version?: number;
}

/** Says in what an API's answers, and the requests that it took, are not what its OpenAPI document says. */
export class OpenApiJudge {
  readonly #operations: readonly Operation[];
  readonly #document: Json;
  readonly #checks = new Map<string, Check>();

  constructor(document: object) {
    this.#document = { ...document };
    const paths = Object.entries(child(this.#document, 'paths'));
    this.#operations = paths
      // Words of a path win over parameters.
      .toSorted(([a], [b]) => a.split('{').length - b.split('{').length)
      .flatMap(([path, item]) =>
        Object.entries(item as Json).map(([method, operation]) => ({
          pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
          method: method.toUpperCase(),
          operation: operation as Json,
        })),
      );
  }

  /** Undefined where both are as the document has it. */
  fault({ method, path, status, body, request, version = 1 }: JudgedAnswer): string | undefined {
    const found = this.#operations.find((one) => one.method === method && one.pattern.test(path));
    if (found === undefined) return `the document has no ${method} ${path}`;
    const { operation, pattern } = found;
    if (!isIn(operation, version)) return `the document has no ${method} ${path} in 2.${version}`;
    const key = `${method} ${pattern.source} 2.${version}`;
    if (request !== undefined) {
      const wrong = this.#check(`${key} request`, child(operation, 'requestBody'), version)(request);
      if (wrong !== undefined) return `the request: ${wrong}`;
    }
    const response = child(operation, 'responses')[String(status)] as Json | undefined;
    if (response === undefined) return `the document has no status ${status}`;
    // An action answers nothing, or what the document has for others of its status.
    if (body === undefined && (response['content'] === undefined || path.endsWith('/action'))) return undefined;
    return this.#check(`${key} ${status}`, response, version)(body);
  }

  #check(key: string, message: Json, version: number): Check {
    const known = this.#checks.get(key);
    if (known !== undefined) return known;
    // Bodies of several kinds have one schema.
    const [media] = Object.values(child(message, 'content')) as Json[];
    const made = media === undefined ? () => 'there is no body' : this.#compile(media['schema'], version);
    this.#checks.set(key, made);
    return made;
  }

  #compile(schema: unknown, version: number): Check {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    // A note for readers: nobody checks it.
    ajv.addFormat('cidr', true);
    const schemas = inVersion(child(child(this.#document, 'components'), 'schemas'), version);
    const validate = ajv.compile({ ...Object(inVersion(schema, version)), components: { schemas } });
    return (body) =>
      validate(body) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'body', separator: '; ' });
  }
}

function child(of: Json, name: string): Json {
  return (of[name] ?? {}) as Json;
}

function isIn(schema: unknown, version: number): boolean {
  const bounds = (schema as Json | null)?.['x-openstack'] as Json | undefined;
  const numberOf = (text: unknown, otherwise: number): number =>
    typeof text === 'string' ? Number(text.slice(2)) : otherwise;
  return (
    version >= numberOf(bounds?.['min-ver'], 1) && version <= numberOf(bounds?.['max-ver'], Number.POSITIVE_INFINITY)
  );
}

/** A schema as it is in one microversion: without the properties and choices of others. */
function inVersion(schema: unknown, version: number): unknown {
  if (Array.isArray(schema)) {
    return schema.filter((one) => isIn(one, version)).map((one) => inVersion(one, version));
  }
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([, value]) => isIn(value, version))
      .map(([key, value]) => [key, inVersion(value, version)]),
  );
}
