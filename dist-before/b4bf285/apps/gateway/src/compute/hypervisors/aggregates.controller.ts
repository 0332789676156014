import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Edge } from '../../edge/edge.js';

/** `/os-aggregates`, for reading: hosts are not grouped here, so there are none. Clients ask before they show a host. */
@Controller('v2.1/os-aggregates')
export class AggregatesController {
  readonly #edge: Edge;

  constructor(edge: Edge) {
    this.#edge = edge;
  }

  @Get()
  list(@Req() request: FastifyRequest): unknown {
    this.#edge.policy.authorize(request, 'os_compute_api:os-aggregates:index');
    return { aggregates: [] };
  }
}
