import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { generateRequestId } from '#libs/telemetry';
import { Fault } from '../errors/fault.js';
import type { FaultForm } from '../errors/fault.js';

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers bytes that are not an HTTP request (or a slow or too large one) in the form of the API, and closes the
 * connection.
 */
export function clientErrorHandler(form: FaultForm): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    // The client has disconnected, or a response has begun: nothing can be sent any more.
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket) || isAnswered(socket)) {
      socket.destroy();
      return;
    }
    answerAndClose(form, STATUS[error.code ?? ''] ?? 400, socket);
  };
}

/** Requests that Node answers or drops by default: CONNECT, and unknown expectations. */
export function answerOddRequests(server: Server, form: FaultForm): void {
  server.on('connect', (_request, socket) => answerAndClose(form, 405, socket));
  // RFC 9110, 10.1.1: an unknown expectation may be ignored.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

function answerAndClose(form: FaultForm, status: number, socket: Duplex): void {
  const phrase = STATUS_CODES[status] ?? 'Bad Request';
  const requestId = generateRequestId();
  const { body, contentType } = form.write(new Fault(status, phrase, { code: 'BadRequest' }), requestId);
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\ncontent-type: ${contentType ?? form.contentType}\r\n` +
      `x-openstack-request-id: ${requestId}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Requests, by connection, that were answered before their bodies had arrived (without a token, for example). */
const answeredEarly = new WeakMap<Socket, IncomingMessage>();

/** Hook of every response: errors in the rest of such a body need no second response. */
export function noteAnswer(request: IncomingMessage): void {
  if (!request.complete) answeredEarly.set(request.socket, request);
}

function isAnswered(socket: Socket): boolean {
  return answeredEarly.get(socket)?.complete === false;
}

/** Whether the headers of a response are sent and its body is not; Node's own handler checks the same property. */
function isAnswering(socket: Socket): boolean {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  return typeof answer === 'object' && answer !== null && Reflect.get(answer, 'headersSent') === true;
}
