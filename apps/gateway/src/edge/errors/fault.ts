/** The fault of a body: the field (or the object with a missing or unknown one), its value, and the reason. */
export interface InvalidField {
  readonly field: string;
  readonly value: unknown;
  /** Part of a sentence in JSON schema's words, as `'name' is a required property`. */
  readonly reason: string;
}

/** The data for an API's error body, in any API's form. */
export interface FaultDetails {
  /** Name of the kind of failure: an ExpectedError's or MessagingError's code. Never the name of an internal class. */
  readonly code?: string;
  /** Headers of the response in addition to the API's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Additional facts for the API's form (the bounds of a microversion, the field of a body). */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An error response: thrown anywhere below the pipeline, written once in the form of the API. */
export class Fault extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Fault';
    this.status = status;
    this.code = details.code;
    this.headers = details.headers ?? {};
    this.facts = details.facts ?? {};
  }
}

/** How one API writes its errors. */
export interface FaultForm {
  readonly contentType: string;
  /** The API's message for an invalid body; nova's if absent. */
  readonly invalidField?: (invalid: InvalidField) => string;
  /**
   * The body as text. `requestId` is only used in the text of an unexpected failure, as upstream; `accept` is the
   * request's header, for forms that depend on it.
   */
  write(fault: Fault, requestId: string, accept?: string): { readonly body: string; readonly contentType?: string };
  /** The API's messages for refusals by the edge itself. */
  readonly texts: FaultTexts;
}

export interface FaultTexts {
  readonly notFound: string;
  /** Absent: a path without such a method is treated as unknown, 404 (nova's router). */
  readonly methodNotAllowed?: string;
  readonly unexpected: string;
  readonly malformedBody: string;
  readonly unsupportedMediaType: string;
  readonly tooLarge: string;
}
