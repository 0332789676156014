/** One row an error: what an HTTP edge answers, and whether the same request may simply be sent again. */
export interface MessagingErrorRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly text: string;
}

export const messagingErrors = {
  NoWorker: { status: 503, retryable: true, text: 'no worker serves the topic; the request was not run' },
  BrokerUnavailable: { status: 503, retryable: true, text: 'the message broker cannot be reached; nothing was sent' },
  TransportStopped: { status: 503, retryable: true, text: 'this process is shutting down' },
  MessagingTimeout: { status: 504, retryable: false, text: 'no reply came before the deadline' },
  OutcomeUnknown: { status: 504, retryable: false, text: 'the request was sent, but whether it ran is not known' },
  MessageUndeliverable: { status: 503, retryable: true, text: 'no queue takes the message' },
  MessageTooLarge: { status: 500, retryable: false, text: 'the message is larger than the bus takes' },
  Unserializable: { status: 500, retryable: false, text: 'a value cannot be written as JSON' },
  InvalidTarget: { status: 500, retryable: false, text: 'the target does not fit the operation' },
  RPCVersionCapError: { status: 500, retryable: false, text: 'the method is newer than the oldest server alive' },
  RemoteError: { status: 500, retryable: false, text: 'the server answered with an exception' },
  NoSuchMethod: { status: 500, retryable: false, text: 'the server does not have the method' },
  UnsupportedVersion: { status: 500, retryable: false, text: 'the server does not speak the version' },
  InvalidArguments: { status: 500, retryable: false, text: 'the arguments do not fit the contract' },
  InvalidTransportUrl: { status: 500, retryable: false, text: 'the transport URL cannot be used' },
  ForeignConsumers: { status: 500, retryable: false, text: 'others already serve this topic' },
} as const satisfies Record<string, MessagingErrorRow>;

export type MessagingErrorCode = keyof typeof messagingErrors;

/** Thrown by everything in this library; `code` is one of the table's. */
export class MessagingError extends Error {
  readonly code: MessagingErrorCode;

  constructor(code: MessagingErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = code;
    this.code = code;
  }

  get status(): number {
    return messagingErrors[this.code].status;
  }

  get retryable(): boolean {
    return messagingErrors[this.code].retryable;
  }
}

/** An exception as it travels: oslo_messaging/_drivers/common.py's serialised form. */
export interface RemoteFailure {
  readonly class: string;
  readonly module: string;
  readonly message: string;
  readonly tb: readonly string[];
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/** The server answered with an exception that the caller has no class for. */
export class RemoteError extends MessagingError {
  /** Name of the exception's class at the server. */
  readonly excType: string;
  readonly module: string;
  /** The exception's own text. */
  readonly value: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly traceback: readonly string[];

  constructor(readonly failure: RemoteFailure) {
    super(codeOf(failure), `${failure.class}: ${failure.message}`);
    this.excType = failure.class;
    this.module = failure.module;
    this.value = failure.message;
    this.args = failure.args;
    this.kwargs = failure.kwargs;
    this.traceback = failure.tb;
  }
}

/**
 * An exception of a module that `[messaging] allowed_remote_exmods` names. A server whose handler does not catch it
 * hands it on to its own caller as it came, and logs it as expected.
 */
export class KnownRemoteError extends RemoteError {
  toRemoteFailure(): RemoteFailure {
    return this.failure;
  }
}

const dispatcherModule = 'oslo_messaging.rpc.dispatcher';

function codeOf(failure: RemoteFailure): MessagingErrorCode {
  if (failure.module !== dispatcherModule) return 'RemoteError';
  if (failure.class === 'NoSuchMethod') return 'NoSuchMethod';
  if (failure.class === 'UnsupportedVersion') return 'UnsupportedVersion';
  if (failure.class === 'InvalidArguments') return 'InvalidArguments';
  return 'RemoteError';
}

/**
 * An error that a handler throws on purpose: it is answered as it is and logged as expected. Any error object with a
 * method `toRemoteFailure` counts as one; this class is the simplest.
 */
export class ExpectedException extends Error {
  readonly excType: string;
  readonly module: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;

  constructor(
    excType: string,
    message: string,
    details: { module?: string; args?: readonly unknown[]; kwargs?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.name = excType;
    this.excType = excType;
    this.module = details.module ?? 'albireo.exceptions';
    this.args = details.args ?? [message];
    this.kwargs = details.kwargs ?? {};
  }

  toRemoteFailure(): RemoteFailure {
    return {
      class: this.excType,
      module: this.module,
      message: this.message,
      tb: [],
      args: this.args,
      kwargs: this.kwargs,
    };
  }
}
