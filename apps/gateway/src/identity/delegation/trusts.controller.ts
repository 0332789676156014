import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Trust, TrustPage } from '#libs/contracts';
import type { TrustArgs, TrustData } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { Edge } from '../../edge/edge.js';
import { baseUrl } from '../../edge/links.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { valueOf, collectionView, objectId } from '../collection/collection.js';
import type { RawQuery } from '../collection/collection.js';
import { BodyOf } from '../collection/resource-body.decorator.js';
import type { ResourceBody } from '../collection/resource-body.decorator.js';
import { notFound } from '../errors/keystone-faults.js';
import { roleView } from '../resource/resource-view.js';
import { TrustFields } from './delegation.dto.js';

const PATH = 'v3/OS-TRUST/trusts';

/** What a trustor lets a trustee do in its name. */
@Controller(PATH)
export class TrustsController {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(IdentityClient) private readonly identity: IdentityClient,
  ) {}

  @Get()
  @AuthorizeObject(['identity:list_trusts', 'identity:list_trusts_for_trustor', 'identity:list_trusts_for_trustee'])
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    const [trustor, trustee] = [valueOf(query, 'trustor_user_id'), valueOf(query, 'trustee_user_id')];
    const args = {
      ...(trustor ? { trustor_user_id: trustor } : {}),
      ...(trustee ? { trustee_user_id: trustee } : {}),
    };
    const page = TrustPage.unwrap(await this.identity.call(request, 'trust_list', args));
    const views = page.objects.map((trust) => {
      const { roles: _roles, roles_links: _links, ...view } = trustView(baseUrl(request), trust);
      return view;
    });
    return collectionView(request, 'trusts', views);
  }

  @Get(':id')
  @AuthorizeObject('identity:get_trust')
  async show(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    return { trust: trustView(baseUrl(request), await this.#get(request, id, 'trust')) };
  }

  @Get(':id/roles')
  @AuthorizeObject('identity:list_roles_for_trust')
  async roles(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const { roles, roles_links: links } = trustView(baseUrl(request), await this.#get(request, id, 'roles'));
    return { roles, links };
  }

  @Get(':id/roles/:role')
  @AuthorizeObject('identity:get_role_for_trust')
  async role(@Req() request: FastifyRequest, @Param('id') id: string, @Param('role') role: string): Promise<object> {
    const { roles } = await this.#get(request, id, 'role');
    const found = roles.find((one) => one.id === role);
    if (found === undefined) throw notFound('role', role);
    return { role: roleView(baseUrl(request), found) };
  }

  @Post()
  @AuthorizeObject('identity:create_trust')
  async create(
    @Req() request: FastifyRequest,
    @BodyOf({ fields: TrustFields, key: 'trust' }) body: ResourceBody<TrustFields>,
  ): Promise<object> {
    const trust = Trust.unwrap(await this.identity.call(request, 'trust_create', body.fields));
    return { trust: trustView(baseUrl(request), trust) };
  }

  @Delete(':id')
  @AuthorizeObject('identity:delete_trust')
  @HttpCode(204)
  async remove(@Req() request: FastifyRequest, @Param('id') id: string): Promise<void> {
    await this.identity.call(request, 'trust_delete', { id: objectId('trust', id) });
    await this.edge.revocations.refreshNow();
  }

  async #get(request: FastifyRequest, id: string, part: TrustArgs['part']): Promise<TrustData> {
    return Trust.unwrap(await this.identity.call(request, 'trust_get', { id: objectId('trust', id), part }));
  }
}

function trustView(base: string, trust: TrustData) {
  const self = `${base}/${PATH}/${trust.id}`;
  return {
    ...trust,
    deleted_at: null,
    roles: trust.roles.map((role) => roleView(base, role)),
    roles_links: { self: `${self}/roles`, next: null, previous: null },
    links: { self },
  };
}
