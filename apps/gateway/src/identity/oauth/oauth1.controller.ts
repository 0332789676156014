import { Body, Controller, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuth1Token } from '#libs/contracts';
import type { OAuth1TokenData, RoleReference } from '#libs/contracts';
import { AuthorizeObject, Open } from '../../edge/access/access.decorators.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { objectId } from '../collection/collection.js';
import { badRequest } from '../errors/keystone-faults.js';
import { oauth1Request } from './oauth1-header.js';

const FORM = 'application/x-www-form-urlencoded';
const MOST_ROLES = 100;

/** `/v3/OS-OAUTH1`: how a consumer gets permission to act for a user (RFC 5849, three-legged). */
@Controller('v3/OS-OAUTH1')
export class OAuth1Controller {
  constructor(@Inject(IdentityClient) private readonly identity: IdentityClient) {}

  @Post('request_token')
  @Open()
  async requestToken(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const signed = oauth1Request(request);
    requireParameters(signed.parameters, 'oauth_consumer_key');
    const project = request.headers['requested-project-id'];
    if (typeof project !== 'string' || project === '') throw missing('Requested-Project-Id');
    const args = { request: signed, project_id: objectId('project', project) };
    return this.#told(reply, OAuth1Token.unwrap(await this.identity.call(request, 'oauth1_request_token', args)));
  }

  @Post('access_token')
  @Open()
  async accessToken(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const signed = oauth1Request(request);
    requireParameters(signed.parameters, 'oauth_consumer_key', 'oauth_token', 'oauth_verifier');
    const args = { request: signed };
    return this.#told(reply, OAuth1Token.unwrap(await this.identity.call(request, 'oauth1_access_token', args)));
  }

  @Put('authorize/:id')
  @AuthorizeObject('identity:authorize_request_token')
  @HttpCode(200)
  async authorize(@Req() request: FastifyRequest, @Param('id') id: string, @Body() body: unknown): Promise<object> {
    const args = { id: objectId('request token', id), roles: rolesOf(body) };
    return { token: { oauth_verifier: await this.identity.call(request, 'oauth1_authorize', args) } };
  }

  #told(reply: FastifyReply, { id, secret, expires_at: end }: OAuth1TokenData): string {
    reply.code(201).header('content-type', FORM);
    return `oauth_token=${id}&oauth_token_secret=${secret}${end === null ? '' : `&oauth_expires_at=${end}`}`;
  }
}

function requireParameters(parameters: Readonly<Record<string, string>>, ...names: readonly string[]): void {
  for (const name of names) if ((parameters[name] ?? '') === '') throw missing(name);
}

function missing(attribute: string): Error {
  return badRequest(
    `Expecting to find ${attribute} in request. The server could not comply with the request since it is either ` +
      'malformed or otherwise incorrect. The client is assumed to be in error.',
  );
}

/** Each by its id or by its name, as in keystone's schema. */
function rolesOf(body: unknown): readonly RoleReference[] {
  const roles: unknown = typeof body === 'object' && body !== null && 'roles' in body ? body.roles : [];
  if (!Array.isArray(roles)) throw badRequest("Invalid input for field 'roles': it is not of type 'array'");
  if (roles.length > MOST_ROLES)
    throw badRequest(`Invalid input for field 'roles': it has more than ${MOST_ROLES} items`);
  return roles.map(roleOf);
}

function roleOf(role: unknown): RoleReference {
  const entries = typeof role === 'object' && role !== null && !Array.isArray(role) ? Object.entries(role) : [];
  const [entry] = entries;
  const [key, value]: readonly unknown[] = entry ?? [];
  const isText = typeof value === 'string' && value !== '' && value.length <= 255 && !value.includes('\0');
  if (entries.length !== 1 || !isText || (key !== 'id' && key !== 'name')) {
    throw badRequest("Invalid input for field 'roles': expected objects with an id or a name");
  }
  return { [key]: value };
}
