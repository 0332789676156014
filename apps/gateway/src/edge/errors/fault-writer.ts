import type { FastifyReply, FastifyRequest } from 'fastify';
import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { getLogger, runWithContext } from '#libs/telemetry';
import type { RouteTable } from '../route-table.js';
import { Fault } from './fault.js';
import type { FaultForm } from './fault.js';
import { InvalidBody } from '../validation/invalid-body.js';
import { pathOf } from '../listener/request-target.js';
import { remoteFault } from './remote-faults.js';

const log = getLogger('albireo.gateway.faults');

/** Writes every failure of one API: the only place where an error becomes a response. */
export class FaultWriter {
  readonly #form: FaultForm;
  readonly #routes: RouteTable;
  readonly #answerUnrouted: (request: FastifyRequest, reply: FastifyReply) => boolean;

  /** @param answerUnrouted may answer a request that matches no route */
  constructor(
    form: FaultForm,
    routes: RouteTable,
    answerUnrouted: (request: FastifyRequest, reply: FastifyReply) => boolean = () => false,
  ) {
    this.#form = form;
    this.#routes = routes;
    this.#answerUnrouted = answerUnrouted;
  }

  write(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (request.is404 && error instanceof HttpException && this.#answerUnrouted(request, reply)) return;
    const fault = this.#faultOf(error, request);
    if (fault.status >= 500) this.#log(fault, error, request);
    const { requestId } = request.edge;
    const { body, contentType } = this.#form.write(fault, requestId, request.headers.accept);
    for (const [name, value] of Object.entries(fault.headers)) reply.header(name, value);
    reply.code(fault.status).header('content-type', contentType ?? this.#form.contentType);
    void reply.send(body);
  }

  #faultOf(error: unknown, request: FastifyRequest): Fault {
    const { texts, invalidField } = this.#form;
    if (error instanceof InvalidBody && invalidField !== undefined) {
      return new Fault(400, invalidField(error.invalid), { code: 'InvalidInput', facts: error.facts });
    }
    if (error instanceof Fault) return error;
    if (request.is404 && error instanceof HttpException) return this.#unrouted(request);
    const remote = remoteFault(error);
    if (remote !== undefined) return remote;
    const status = httpStatusOf(error);
    if (status === 413) return new Fault(413, texts.tooLarge, { code: 'RequestTooLarge', cause: error });
    if (status === 415)
      return new Fault(415, texts.unsupportedMediaType, { code: 'UnsupportedMediaType', cause: error });
    if (status === 414) return new Fault(404, texts.notFound, { code: 'NotFound', cause: error });
    if (status >= 400 && status < 500) {
      return new Fault(status, texts.malformedBody, { code: 'MalformedRequestBody', cause: error });
    }
    return new Fault(500, texts.unexpected, { code: 'Unexpected', cause: error });
  }

  #unrouted(request: FastifyRequest): Fault {
    const path = pathOf(request);
    const methods = this.#routes.methodsOf(path);
    const { methodNotAllowed } = this.#form.texts;
    if (methods.length === 0 || methodNotAllowed === undefined) {
      return new Fault(404, this.#form.texts.notFound, { code: 'RouteNotFound' });
    }
    return new Fault(405, methodNotAllowed, {
      code: 'MethodNotAllowed',
      headers: { allow: methods.join(', ') },
    });
  }

  /** Logs unknown failures with all details; failures of the bus are expected and need no stack. */
  #log(fault: Fault, error: unknown, request: FastifyRequest): void {
    const { context, requestId } = request.edge;
    const what = `${request.method} ${request.url.slice(0, 512)}`;
    const fields = context === undefined ? { request_id: requestId } : {};
    const write = (): void => {
      if (fault.code === 'Unexpected') log.exception(error, `Unexpected failure of ${what}`, fields);
      else log.warning(`${what} was answered with ${fault.status}: ${fault.message}`, fields);
    };
    if (context === undefined) write();
    else runWithContext(context, write);
  }
}

/** The status of Nest's and Fastify's own errors; 500 for anything else. */
function httpStatusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return error instanceof SyntaxError || error instanceof URIError ? 400 : 500;
}

/** Passes every exception of controllers, hooks and parsers to the API's FaultWriter. */
@Catch()
export class FaultFilter implements ExceptionFilter {
  readonly #writer: FaultWriter;

  constructor(writer: FaultWriter) {
    this.#writer = writer;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.#writer.write(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
