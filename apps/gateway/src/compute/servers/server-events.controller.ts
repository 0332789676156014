import { Controller, Post, Req, Res } from '@nestjs/common';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Optional, ServerEvents } from '#libs/contracts';
import { Nested } from '#libs/messaging';
import { Authorize } from '../../edge/access/access.decorators.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { Version } from '../versions/microversion.js';

/** First microversion of each event. */
const NAMES: Readonly<Record<string, number>> = {
  'network-changed': 1,
  'network-vif-plugged': 1,
  'network-vif-unplugged': 1,
  'network-vif-deleted': 1,
  'volume-extended': 51,
  'power-update': 76,
  'accelerator-request-bound': 82,
  'volume-reimaged': 93,
};

export class ExternalEvent {
  @IsIn(Object.keys(NAMES)) name!: string;
  @IsUUID('loose') server_uuid!: string;
  @Optional() @IsIn(['failed', 'completed', 'in-progress']) status?: string;
  @Optional() @IsString() @MaxLength(255) tag?: string;
}

export class ExternalEventsBody {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Nested(() => ExternalEvent)
  events!: ExternalEvent[];
}

/** `/os-server-external-events`: events of other services about servers; 207 if not all were accepted. */
@Controller('v2.1/os-server-external-events')
export class ServerEventsController {
  constructor(private readonly conductor: ConductorClient) {}

  @Post()
  @Authorize('os_compute_api:os-server-external-events:create')
  async create(
    @Req() request: FastifyRequest,
    @Version() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
    @ValidBody(ExternalEventsBody) { events }: ExternalEventsBody,
  ): Promise<unknown> {
    for (const { name } of events) {
      if ((NAMES[name] ?? 0) <= version) continue;
      const known = Object.keys(NAMES).filter((other) => (NAMES[other] ?? 0) <= version);
      const reason = `'${name}' is not one of [${known.map((other) => `'${other}'`).join(', ')}]`;
      throw new InvalidBody({ field: 'name', value: name, reason });
    }
    const told = events.map(({ name, server_uuid: id, tag }) => ({
      name,
      server_uuid: id,
      ...(tag !== undefined && { tag }),
    }));
    const { codes } = ServerEvents.unwrap(await this.conductor.call(request, 'server_events', { events: told }));
    void reply.code(codes.every((code) => code === 200) ? 200 : 207);
    return {
      events: told.map((event, at) => ({
        ...event,
        status: codes[at] === 200 ? 'completed' : 'failed',
        code: codes[at],
      })),
    };
  }
}
