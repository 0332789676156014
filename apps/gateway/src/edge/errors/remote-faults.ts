import { EXPECTED_ERRORS, EXPECTED_ERROR_MODULE, ExpectedError, isExpectedErrorCode } from '#libs/contracts';
import { Fault } from './fault.js';

/** The gateway's view of an error of the bus; the fields of `#libs/messaging`'s errors. */
interface BusError {
  readonly code: string;
  readonly message: string;
  readonly excType?: unknown;
  readonly module?: unknown;
  readonly value?: unknown;
  readonly kwargs?: unknown;
}

/** Failures of the bus itself that a client may see: status, message, and the seconds until a retry. */
const BUS_FAULTS: Readonly<Record<string, { status: number; text: string; retryAfter?: number }>> = {
  NoWorker: { status: 503, text: 'No worker serves this request at the moment. It was not run.', retryAfter: 2 },
  BrokerUnavailable: {
    status: 503,
    text: 'The message broker cannot be reached. The request was not run.',
    retryAfter: 2,
  },
  TransportStopped: { status: 503, text: 'The service is shutting down. The request was not run.', retryAfter: 1 },
  MessageUndeliverable: {
    status: 503,
    text: 'No worker takes this request at the moment. It was not run.',
    retryAfter: 2,
  },
  RPCVersionCapError: {
    status: 503,
    text: 'This request needs a newer version of the workers than all of them have at the moment. It was not run.',
    retryAfter: 10,
  },
  MessagingTimeout: { status: 504, text: 'No answer came from a worker before the deadline.' },
  OutcomeUnknown: { status: 504, text: 'The request was sent, but whether it took effect is not known.' },
  UnstorableText: { status: 400, text: 'The request has a text with a NUL or half a character.' },
};

function isBusError(error: unknown): error is BusError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function expectedFault(code: string, message: string, facts: unknown, cause: unknown): Fault | undefined {
  if (!isExpectedErrorCode(code)) return undefined;
  const kind = EXPECTED_ERRORS[code];
  const known = typeof facts === 'object' && facts !== null ? { ...facts } : {};
  const headers: Record<string, string> = kind.retryable ? { 'retry-after': retryAfter(known) } : {};
  return new Fault(kind.status, message, { code, headers, facts: known, cause });
}

/** From the message if the worker knows it; otherwise an estimate. */
function retryAfter(facts: object): string {
  const seconds = 'retry_after' in facts ? facts.retry_after : undefined;
  return String(typeof seconds === 'number' && Number.isSafeInteger(seconds) ? seconds : 5);
}

/**
 * The one table from errors of the bus to HTTP: an expected error has its own status, no worker or broker is 503 with
 * Retry-After, a deadline and an unknown outcome are 504, each with its own code. Undefined for all others (500).
 */
export function remoteFault(error: unknown): Fault | undefined {
  if (error instanceof ExpectedError) return expectedFault(error.code, error.message, error.details, error);
  if (!isBusError(error)) return undefined;
  const row = Object.hasOwn(BUS_FAULTS, error.code) ? BUS_FAULTS[error.code] : undefined;
  if (row !== undefined) {
    const headers: Record<string, string> =
      row.retryAfter === undefined ? {} : { 'retry-after': String(row.retryAfter) };
    return new Fault(row.status, row.text, { code: error.code, headers, cause: error });
  }
  if (typeof error.excType !== 'string' || error.module !== EXPECTED_ERROR_MODULE) return undefined;
  const message = typeof error.value === 'string' ? error.value : error.message;
  return expectedFault(error.excType, message, error.kwargs, error);
}
