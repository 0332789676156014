import { Controller, Delete, Get, Head, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RoleInferencePage, RoleObject } from '#libs/contracts';
import type { ImpliedRoleArgs, RoleData } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { IdentityPolicy } from '../collection/identity-policy.js';
import { objectId } from '../collection/collection.js';

const IMPLICATION = 'roles/:prior/implies/:implied';

interface ImplicationPath {
  readonly prior: string;
  readonly implied: string;
}

/** Roles that other roles imply. */
@Controller('v3')
export class ImpliedRolesController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
    @Inject(IdentityPolicy) private readonly policy: IdentityPolicy,
  ) {}

  @Get('role_inferences')
  @AuthorizeObject('identity:list_role_inference_rules')
  async inferences(@Req() request: FastifyRequest): Promise<object> {
    const page = RoleInferencePage.unwrap(await this.identity.call(request, 'role_inference_list', null));
    const base = baseUrl(request);
    const byPrior = new Map<string, { prior_role: object; implies: object[] }>();
    for (const { prior_role: prior, implies } of page.objects) {
      const entry = byPrior.get(prior.id) ?? { prior_role: linked(base, prior), implies: [] };
      byPrior.set(prior.id, entry);
      entry.implies.push(linked(base, implies));
    }
    return { role_inferences: [...byPrior.values()], links: { self: `${base}/v3/role_inferences` } };
  }

  @Get('roles/:prior/implies')
  @AuthorizeObject('identity:list_implied_roles')
  async list(@Req() request: FastifyRequest, @Param('prior') prior: string): Promise<object> {
    const args = { id: objectId('role', prior) };
    const { objects } = RoleInferencePage.unwrap(await this.identity.call(request, 'implied_role_list', args));
    const base = baseUrl(request);
    // For a role that implies nothing the list does not contain the name.
    const role = objects[0]?.prior_role ?? RoleObject.unwrap(await this.identity.call(request, 'role_get', args));
    return {
      role_inference: {
        prior_role: linked(base, role),
        implies: objects.map(({ implies }) => linked(base, implies)),
      },
      links: { self: `${base}/v3/roles/${role.id}/implies` },
    };
  }

  @Head(IMPLICATION)
  @AuthorizeObject('identity:check_implied_role')
  @HttpCode(204)
  async check(@Req() request: FastifyRequest, @Param() path: ImplicationPath): Promise<void> {
    this.policy.authorize(request, 'check_implied_role', {});
    await this.identity.call(request, 'implied_role_get', implicationArgs(path));
  }

  @Get(IMPLICATION)
  @AuthorizeObject('identity:get_implied_role')
  show(@Req() request: FastifyRequest, @Param() path: ImplicationPath): Promise<object> {
    return this.#view(request, path);
  }

  @Put(IMPLICATION)
  @AuthorizeObject('identity:create_implied_role')
  @HttpCode(201)
  async create(@Req() request: FastifyRequest, @Param() path: ImplicationPath): Promise<object> {
    await this.identity.call(request, 'implied_role_create', implicationArgs(path));
    return this.#view(request, path);
  }

  @Delete(IMPLICATION)
  @AuthorizeObject('identity:delete_implied_role')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param() path: ImplicationPath): Promise<void> {
    await this.identity.call(request, 'implied_role_delete', implicationArgs(path));
    await this.edge.revocations.refreshNow();
  }

  async #view(request: FastifyRequest, path: ImplicationPath): Promise<object> {
    const page = await this.identity.call(request, 'implied_role_get', implicationArgs(path));
    const base = baseUrl(request);
    const [found] = RoleInferencePage.unwrap(page).objects;
    if (found === undefined) throw new TypeError('implied_role_get answered nothing');
    return {
      role_inference: { prior_role: linked(base, found.prior_role), implies: linked(base, found.implies) },
      links: { self: `${base}/v3/roles/${found.prior_role.id}/implies/${found.implies.id}` },
    };
  }
}

function implicationArgs({ prior, implied }: ImplicationPath): ImpliedRoleArgs {
  return { prior_role_id: objectId('role', prior), implied_role_id: objectId('role', implied) };
}

function linked(base: string, { id, name }: Pick<RoleData, 'id' | 'name'>): object {
  return { id, links: { self: `${base}/v3/roles/${id}` }, name };
}
