import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Edge } from '../../edge/edge.js';
import { versionDetail, versionSummary } from './version.view.js';

/** The version documents; need no token. */
@Controller()
export class VersionsController {
  readonly #edge: Edge;

  constructor(edge: Edge) {
    this.#edge = edge;
  }

  @Get('/')
  list(@Req() request: FastifyRequest): unknown {
    return { versions: [versionSummary(request, this.#edge.settings.computeLinkPrefix)] };
  }

  @Get('/v2.1')
  show(@Req() request: FastifyRequest): unknown {
    return { version: versionDetail(request, this.#edge.settings.computeLinkPrefix) };
  }
}
