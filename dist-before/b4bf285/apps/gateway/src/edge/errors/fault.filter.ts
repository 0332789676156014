import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FaultWriter } from './fault-writer.js';

/** Hands every exception of controllers, hooks and parsers to the API's FaultWriter. */
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
