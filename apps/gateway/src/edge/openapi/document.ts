import type { JsonSchema } from '#libs/contracts';
import { content, errorResponses, inPath, listParameter, operation, reference, tokenScheme } from './parts.js';
import type { Json } from './parts.js';
import type { DeclaredRoute } from './routes.js';

/** The successful response of a route, and the parts of the request that its declaration does not contain. */
export interface RouteAnswer {
  /** The body; absent: there is none. */
  readonly body?: JsonSchema;
  /** Content type of the body. @default application/json */
  readonly type?: string;
  /** If different from the route's own; several with the same body, or different ones by microversion. */
  readonly statuses?: readonly number[];
  /** It refuses every request, with that status if it differs from the default: there is no operation behind it. */
  readonly never?: true | number;
  /** The body of the request, if no parameter of the handler declares it. */
  readonly takes?: JsonSchema;
  /** Content types of the body. @default application/json */
  readonly takesTypes?: readonly string[];
  /** Parameters of the query that no parameter of the handler declares. */
  readonly query?: readonly string[];
  /** Headers of the request that it reads. */
  readonly headers?: readonly string[];
}

/** Responses by method and path below the version, with plain names of parameters: `GET /servers/{id}`. */
export type RouteAnswers = Readonly<Record<string, RouteAnswer>>;

/** Schemas by their names below `#/components/schemas`. */
export type Schemas = Readonly<Record<string, JsonSchema>>;

/** The parts of an API's document in addition to its routes. */
export interface DocumentedApi {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  /** Prefix of each path, as `/v2.1`. */
  readonly prefix: string;
  readonly routes: readonly DeclaredRoute[];
  /** Paths made only from declarations, in addition to the routes. */
  readonly paths?: Json;
  /** The description of each error status, and the form of all of them. */
  readonly errors: Readonly<Record<number, string>>;
  readonly fault: { readonly name: string; readonly schema: JsonSchema };
  readonly parameters?: Json;
  readonly schemas: Schemas;
  /** The operation of a route; `name` is the name of its response. */
  operationOf(route: DeclaredRoute, name: string, path: string): Json;
}

/** The OpenAPI 3.1 document of an API: every route of its controllers below the version. */
export function documentOf(api: DocumentedApi): Json {
  const { info, prefix, routes, errors, fault, parameters, schemas } = api;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = pathBelow(prefix, route).replaceAll(/:(\w+)/g, '{$1}');
    const made = api.operationOf(route, answerName(prefix, route), path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: made };
  }
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: prefix }],
    security: [{ token: [] }],
    paths: { ...api.paths, ...paths },
    components: {
      securitySchemes: tokenScheme,
      ...(parameters === undefined ? {} : { parameters }),
      responses: errorResponses(errors, reference(fault.name)),
      schemas: { [fault.name]: fault.schema, ...schemas },
    },
  };
}

function pathBelow(prefix: string, { path }: Pick<DeclaredRoute, 'path'>): string {
  return path.slice(prefix.length) || '/';
}

/** The name of a route among the responses: below the version, with plain names of parameters. */
export function answerName(prefix: string, route: Pick<DeclaredRoute, 'method' | 'path'>): string {
  return `${route.method} ${pathBelow(prefix, route).replaceAll(/:\w+/g, '{id}')}`;
}

/** A name that is unique in the document. */
export function operationIdOf({ method }: Pick<DeclaredRoute, 'method'>, path: string): string {
  return `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+/g, '_')}`.replace(/_$/, '');
}

export function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, word = '']) => inPath(word));
}

/** The operation of a route without microversions: its request and its response. */
export function plainOperation(
  route: DeclaredRoute,
  path: string,
  answer: RouteAnswer,
  { takes = answer.takes, query = answer.query ?? [] }: Pick<RouteAnswer, 'takes' | 'query'> = {},
): Json {
  const { method, handler, status, config } = route;
  const [tag = 'versions'] = path.split('/').filter((word) => word !== '');
  const parameters = [
    ...pathParameters(path),
    ...query.map(listParameter),
    ...(answer.headers ?? []).map((name) => ({ name, in: 'header', schema: { type: 'string' } })),
  ];
  const statuses = answer.never === undefined ? (answer.statuses ?? [status]) : [];
  const made = operation(`${handler}_${operationIdOf(route, path)}`, tag, {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(takes === undefined ? {} : { requestBody: content(takes, answer.takesTypes) }),
    answers: Object.fromEntries(statuses.map((one) => [one, one === 204 ? undefined : answer.body])),
    ...(answer.type === undefined ? {} : { type: answer.type }),
    errors: typeof answer.never === 'number' ? [answer.never] : errorsOf(method),
  });
  return config.access?.kind === 'open' ? { ...made, security: [] } : made;
}

/** The error statuses that routes of a method may return. */
export function errorsOf(method: string): readonly number[] {
  return method === 'GET' || method === 'HEAD' ? [400, 401, 403, 404] : [400, 401, 403, 404, 409];
}
