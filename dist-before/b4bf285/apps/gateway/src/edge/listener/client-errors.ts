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

/** Answers bytes that are no HTTP request (or a slow or too large one) in the form of the API, and closes. */
export function clientErrorHandler(form: FaultForm): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    // The client has gone, or an answer has begun: nothing can be said any more.
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket) || isAnswered(socket)) {
      socket.destroy();
      return;
    }
    answerAndClose(form, STATUS[error.code ?? ''] ?? 400, socket);
  };
}

/** What Node answers or drops by itself before anybody is asked: CONNECT, and expectations that nobody knows. */
export function answerOddRequests(server: Server, form: FaultForm): void {
  server.on('connect', (_request, socket) => answerAndClose(form, 405, socket));
  // RFC 9110, 10.1.1: an unknown expectation may be passed over.
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

/** Requests by connection that were answered before their bodies had come (without a token, say). */
const answeredEarly = new WeakMap<Socket, IncomingMessage>();

/** Hook of every answer: what is wrong with the rest of such a body needs no second one. */
export function noteAnswer(request: IncomingMessage): void {
  if (!request.complete) answeredEarly.set(request.socket, request);
}

function isAnswered(socket: Socket): boolean {
  return answeredEarly.get(socket)?.complete === false;
}

/** Whether the headers of an answer are out and its body is not; Node's own handler looks at the same property. */
function isAnswering(socket: Socket): boolean {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  return typeof answer === 'object' && answer !== null && Reflect.get(answer, 'headersSent') === true;
}
