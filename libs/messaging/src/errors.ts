/** One row per error: whether the request was run, as far as the caller can know, and what happened. */
export interface MessagingErrorRow {
  readonly ran: 'no' | 'yes' | 'unknown';
  readonly text: string;
}

export const messagingErrors = {
  NoWorker: { ran: 'no', text: 'no worker serves the topic; the request was not run' },
  BrokerUnavailable: { ran: 'no', text: 'the message broker cannot be reached; nothing was sent' },
  TransportStopped: { ran: 'no', text: 'this process is shutting down' },
  MessagingTimeout: { ran: 'unknown', text: 'no reply came before the deadline' },
  OutcomeUnknown: { ran: 'unknown', text: 'the request was sent, but whether it ran is not known' },
  MessageUndeliverable: { ran: 'no', text: 'no queue takes the message' },
  MessageTooLarge: { ran: 'no', text: 'the message is larger than the bus takes' },
  Unserializable: { ran: 'no', text: 'a value cannot be written as JSON' },
  UnreadableReply: { ran: 'yes', text: 'the server answered with what cannot be read' },
  InvalidTarget: { ran: 'no', text: 'the target does not fit the operation' },
  RPCVersionCapError: { ran: 'no', text: 'the method is newer than the oldest server alive' },
  RemoteError: { ran: 'yes', text: 'the server answered with an exception' },
  NoSuchMethod: { ran: 'no', text: 'the server does not have the method' },
  UnsupportedVersion: { ran: 'no', text: 'the server does not speak the version' },
  InvalidArguments: { ran: 'no', text: 'the arguments do not fit the contract' },
  UnstorableText: { ran: 'no', text: 'a text has half a character or NUL' },
  InvalidTransportUrl: { ran: 'no', text: 'the transport URL cannot be used' },
  ForeignConsumers: { ran: 'no', text: 'others already serve this topic' },
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

  /** Whether the request was run, as far as the caller can know. */
  get ran(): MessagingErrorRow['ran'] {
    return messagingErrors[this.code].ran;
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
 * passes it unchanged to its own caller and logs it as expected.
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
  if (failure.class === 'UnstorableText') return 'UnstorableText';
  return 'RemoteError';
}

/**
 * An error that a handler throws on purpose: it is sent to the caller unchanged and logged as expected. Any error
 * object with a method `toRemoteFailure` counts as one; this class is the simplest.
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
