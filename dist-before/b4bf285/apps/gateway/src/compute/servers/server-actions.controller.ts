import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ServerActionArgs } from '#libs/contracts';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { InvalidBody } from '../../edge/validation/invalid-body.js';

type ActionReader = (id: string, value: unknown) => ServerActionArgs;

/** `{"reboot": {"type": "SOFT"}}`; nova takes the type in three spellings. */
const readReboot: ActionReader = (id, value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidBody({ field: 'reboot', value, reason: `the value is not of type 'object'` });
  }
  const unknown = Object.keys(value).find((key) => key !== 'type');
  if (unknown !== undefined) {
    const reason = `Additional properties are not allowed ('${unknown.slice(0, 255)}' was unexpected)`;
    throw new InvalidBody({ field: 'reboot', value, reason });
  }
  if (!('type' in value)) throw new InvalidBody({ field: 'reboot', value, reason: `'type' is a required property` });
  switch (value.type) {
    case 'SOFT':
    case 'Soft':
    case 'soft':
      return { id, action: 'reboot', reboot_type: 'SOFT' };
    case 'HARD':
    case 'Hard':
    case 'hard':
      return { id, action: 'reboot', reboot_type: 'HARD' };
    default: {
      const reason = 'the value is not one of [HARD, Hard, hard, SOFT, Soft, soft]';
      throw new InvalidBody({ field: 'type', value: value.type, reason });
    }
  }
};

const ACTIONS: Readonly<Record<string, ActionReader>> = {
  'os-start': (id) => ({ id, action: 'start' }),
  'os-stop': (id) => ({ id, action: 'stop' }),
  reboot: readReboot,
};

/** `POST /servers/{id}/action`: the body's one key names the action. */
@Controller('v2.1/servers/:id/action')
export class ServerActionsController {
  readonly #conductor: ConductorClient;

  constructor(conductor: ConductorClient) {
    this.#conductor = conductor;
  }

  @Post()
  @HttpCode(202)
  async run(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    const { body } = request;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new Fault(400, 'Malformed request body', { code: 'MalformedRequestBody' });
    }
    const entries: [string, unknown][] = Object.entries(body);
    const [entry] = entries;
    if (entry === undefined || entries.length > 1) {
      throw new Fault(400, 'Malformed request body', { code: 'MalformedRequestBody' });
    }
    const [name, value] = entry;
    const read = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (read === undefined) {
      throw new Fault(400, `There is no such action: ${name.slice(0, 255)}`, { code: 'NoSuchAction' });
    }
    await this.#conductor.call(request, 'server_action', read(id, value));
  }
}
