import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Open } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { legacyDetail, legacySummary, versionDetail, versionSummary } from './version.view.js';

/** The version documents; need no token. */
@Controller()
export class VersionsController {
  readonly #edge: Edge;

  constructor(edge: Edge) {
    this.#edge = edge;
  }

  @Get('/')
  @Open()
  list(@Req() request: FastifyRequest): unknown {
    const { computeLinkPrefix: prefix } = this.#edge.settings;
    return { versions: [legacySummary(request, prefix), versionSummary(request, prefix)] };
  }

  @Get('/v2.1')
  @Open()
  show(@Req() request: FastifyRequest): unknown {
    const { computeLinkPrefix: prefix } = this.#edge.settings;
    return { version: request.edge.legacy ? legacyDetail(request, prefix) : versionDetail(request, prefix) };
  }
}
