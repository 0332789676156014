import type { JsonSchema } from '#libs/contracts';

/** What a route answers when all is well. */
export interface RouteAnswer {
  /** The body; absent: there is none. */
  readonly body?: JsonSchema;
  /** Where that is not the route's own; several with the same body, or one after another by microversion. */
  readonly statuses?: readonly number[];
  /** It refuses every request: there is no service behind it. */
  readonly never?: true;
}

/** Answers by method and path below `/v2.1`, with plain names of parameters: `GET /servers/{id}`. */
export type RouteAnswers = Readonly<Record<string, RouteAnswer>>;

/** Schemas by their names below `#/components/schemas`. */
export type Schemas = Readonly<Record<string, JsonSchema>>;
