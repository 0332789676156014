import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { generateRequestId } from '#libs/telemetry';
import { Fault } from './errors/fault.js';
import type { FaultForm } from './errors/fault.js';

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers bytes that are no HTTP request (or a slow or too large one) in the form of the API, and closes. */
export function clientErrorHandler(form: FaultForm): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    // The client has gone, or an answer has begun: nothing can be said any more.
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const status = STATUS[error.code ?? ''] ?? 400;
    const phrase = STATUS_CODES[status] ?? 'Bad Request';
    const requestId = generateRequestId();
    const { body, contentType } = form.write(new Fault(status, phrase, { code: 'BadRequest' }), requestId);
    socket.end(
      `HTTP/1.1 ${status} ${phrase}\r\ncontent-type: ${contentType ?? form.contentType}\r\n` +
        `x-openstack-request-id: ${requestId}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  };
}

/** Whether the headers of an answer are out and its body is not; Node's own handler looks at the same property. */
function isAnswering(socket: Socket): boolean {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  return typeof answer === 'object' && answer !== null && Reflect.get(answer, 'headersSent') === true;
}
