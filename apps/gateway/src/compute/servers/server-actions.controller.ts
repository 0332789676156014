import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SERVER_ACTION_KEYS, SERVER_ACTION_RULES, ServerActionResult, actionOf, isHard } from '#libs/contracts';
import type {
  ActionDeclaration,
  AddressBody,
  FloatingIpAddressBody,
  ServerActionName,
  ServerActionResultData,
} from '#libs/contracts';
import { ApiOptions } from '#libs/options';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { ConductorClient } from '../../edge/rpc/clients.js';
import { GONE as GONE_TEXT } from '../removed/removed.controller.js';
import { FloatingIpActions } from '../network-proxies/floating-ip-actions.js';
import { generatePassword } from './admin-password.js';
import { readActionBody } from './action-body.js';
import { ServerViews } from './server-views.js';
import { Version, versionOf } from '../versions/microversion.js';
import { findServer } from './find-server.js';

/** Actions of drivers that no longer exist: nova still accepts the request, and answers that they are gone. */
const GONE: ReadonlyMap<string, { readonly status: number; readonly text: string; readonly until?: number }> = new Map([
  ['resetNetwork', { status: 410, text: GONE_TEXT }],
  ['os-getRDPConsole', { status: 400, text: 'Unavailable console type rdp-html5.', until: 5 }],
]);

interface DoneAction {
  readonly id: string;
  readonly answer: ActionDeclaration['answer'];
  readonly result: ServerActionResultData;
  /** The password that the client chose. */
  readonly password: string | undefined;
  /** The type of a console. */
  readonly type: unknown;
}

/** `POST /servers/{id}/action`: the body's one key names the action. */
@Controller('v2.1/servers/:id/action')
export class ServerActionsController {
  constructor(
    private readonly conductor: ConductorClient,
    private readonly views: ServerViews,
    private readonly floatingIps: FloatingIpActions,
    @Inject(ApiOptions) private readonly api: ApiOptions,
  ) {}

  @Post()
  @AuthorizeObject(SERVER_ACTION_RULES)
  async run(
    @Req() request: FastifyRequest,
    @Version() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<unknown> {
    const [key, value] = theOneEntry(request.body);
    const name = SERVER_ACTION_KEYS.get(key);
    const gone = GONE.get(key);
    if (gone !== undefined && version <= (gone.until ?? version)) {
      throw new Fault(gone.status, gone.text, { code: 'Gone' });
    }
    const declared = name === undefined ? undefined : actionOf(name);
    const { since = 1, until = Number.POSITIVE_INFINITY } = declared ?? {};
    if (name === undefined || declared === undefined || version < since || version > until) {
      // nova has no such action in other versions: its dispatch by version answers 404, that by name 400.
      if (declared !== undefined || gone !== undefined) {
        throw new Fault(404, `API version 2.${version} is not supported on this method.`, { code: 'NotInVersion' });
      }
      throw noSuchAction(key);
    }
    const { body, password } = readActionBody(declared, value, version);
    const result = await this.#act(request, id, name, body);
    void reply.code(declared.status ?? 202);
    const answer = version <= (declared.answerUntil ?? version) ? declared.answer : undefined;
    return this.#answer(request, reply, { id, answer, result, password, type: 'type' in body ? body.type : undefined });
  }

  async #act(
    request: FastifyRequest,
    id: string,
    name: ServerActionName,
    body: object,
  ): Promise<ServerActionResultData> {
    const microversion = versionOf(request);
    if (name === 'start' || name === 'stop') {
      await this.conductor.call(request, 'server_action', { id, action: name });
    } else if (name === 'reboot') {
      const type = isHard(body) ? 'HARD' : 'SOFT';
      await this.conductor.call(request, 'server_action', { id, action: name, reboot_type: type });
    } else {
      const args = { id, action: name, microversion, ...(Object.keys(body).length > 0 && { body }) };
      const result = ServerActionResult.unwrap(await this.conductor.call(request, 'server_act', args));
      if (name === 'add_floating_ip') await this.floatingIps.add(request, id, body as FloatingIpAddressBody);
      if (name === 'remove_floating_ip') await this.floatingIps.remove(request, id, body as AddressBody);
      return result;
    }
    return {};
  }

  async #answer(request: FastifyRequest, reply: FastifyReply, done: DoneAction): Promise<unknown> {
    const { id, answer, result, password } = done;
    const { output, image_id: imageId } = result;
    const adminPass = password ?? generatePassword();
    const shown = this.api.enableInstancePassword ? { adminPass } : {};
    const version = versionOf(request);
    if (answer === 'output') return { output: output ?? '' };
    if (answer === 'console') return { console: { type: done.type, url: result.url } };
    if (answer === 'password') return shown;
    if (answer === 'image' && version >= 45) return { image_id: imageId };
    let body: unknown;
    if (answer === 'image') {
      void reply.header('location', this.views.links(request).bookmark(`images/${imageId ?? ''}`).href);
    } else if (answer === 'server') {
      const server = await findServer(this.conductor, request, id);
      void reply.header('location', this.views.links(request).both(`servers/${id}`)[0]?.href ?? '');
      const view = await this.views.updated(request, server);
      if (version >= 54) view['key_name'] = server.key_name;
      // Here it has a separate name, visible to every caller.
      Reflect.deleteProperty(view, 'OS-EXT-SRV-ATTR:user_data');
      if (version >= 57) view['user_data'] = result.user_data ?? null;
      body = { server: { ...view, ...shown } };
    }
    return body;
  }
}

export function theOneEntry(body: unknown): [string, unknown] {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    const entries: [string, unknown][] = Object.entries(body);
    const [entry] = entries;
    if (entry !== undefined && entries.length === 1) return entry;
  }
  throw new Fault(400, 'Malformed request body', { code: 'MalformedRequestBody' });
}

/** nova's text. */
export function noSuchAction(key: string): Fault {
  return new Fault(400, `There is no such action: ${key.slice(0, 255)}`, { code: 'NoSuchAction' });
}
