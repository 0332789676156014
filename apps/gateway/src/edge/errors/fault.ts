/** What is wrong with a body: the field (or the holder of a missing or unknown one), its value, and why. */
export interface InvalidField {
  readonly field: string;
  readonly value: unknown;
  /** A sentence part in JSON schema's words, as `'name' is a required property`. */
  readonly reason: string;
}

/** What an API's error body is built from, whichever form the API gives it. */
export interface FaultDetails {
  /** Name of the kind of failure: an ExpectedError's or MessagingError's code. Never an inner class's name. */
  readonly code?: string;
  /** Headers of the answer beyond the API's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Extra facts for the API's form (the bounds of a microversion, the field of a body). */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An answer that is an error: thrown anywhere below the pipeline, written once in the form of the API. */
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
  /** The API's words for a body that does not fit; nova's where absent. */
  readonly invalidField?: (invalid: InvalidField) => string;
  /**
   * The body as text. `requestId` only goes into the text of an unexpected failure, as upstream has it; `accept` is the
   * request's header, for forms that follow it.
   */
  write(fault: Fault, requestId: string, accept?: string): { readonly body: string; readonly contentType?: string };
  /** The API's words where the edge itself refuses. */
  readonly texts: FaultTexts;
}

export interface FaultTexts {
  readonly notFound: string;
  /** Absent: a path without such a method is as one that is not there, 404 (nova's router). */
  readonly methodNotAllowed?: string;
  readonly unexpected: string;
  readonly malformedBody: string;
  readonly unsupportedMediaType: string;
  readonly tooLarge: string;
}
