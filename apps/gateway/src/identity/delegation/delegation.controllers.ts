import { Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessRule, ApplicationCredential, Trust, declarationOf } from '#libs/contracts';
import type { InputOf, TrustArgs, TrustData } from '#libs/contracts';
import { AuthorizeObject } from '../../edge/access/access.decorators.js';
import { baseUrl } from '../../edge/links.js';
import { objectId } from '../collection/collection.js';
import { notFound } from '../errors/keystone-faults.js';
import { directoryController } from '../resource/directory.controller.js';
import { roleView } from '../resource/resource-view.js';

/** `/users/{id}/access_rules`: which requests a user's programs may make. */
export class AccessRulesController extends directoryController(declarationOf(AccessRule)) {}

/** `/users/{id}/application_credentials`: what a user lets its programs log in with. */
export class ApplicationCredentialsController extends directoryController(declarationOf(ApplicationCredential)) {
  /** The project is the token's. */
  protected override createArgs(_request: FastifyRequest, input: InputOf<ApplicationCredential>): object {
    const { project_id: _project, system: _system, ...args } = input;
    return args;
  }
}

const trusts = declarationOf(Trust);

/** `/OS-TRUST/trusts`: what a trustor lets a trustee do in its name. */
export class TrustsController extends directoryController(trusts) {
  @Get(':id/roles')
  @AuthorizeObject('identity:list_roles_for_trust')
  async roles(@Req() request: FastifyRequest, @Param('id') id: string): Promise<object> {
    const trust = await this.#get(request, id, 'roles');
    const links = { self: `${baseUrl(request)}/v3/${trusts.path}/${trust.id}/roles`, next: null, previous: null };
    return { roles: trust.roles.map((role) => roleView(baseUrl(request), role)), links };
  }

  @Get(':id/roles/:role')
  @AuthorizeObject('identity:get_role_for_trust')
  async role(@Req() request: FastifyRequest, @Param('id') id: string, @Param('role') role: string): Promise<object> {
    const { roles } = await this.#get(request, id, 'role');
    const found = roles.find((one) => one.id === role);
    if (found === undefined) throw notFound('role', role);
    return { role: roleView(baseUrl(request), found) };
  }

  /** One is asked for as a whole, a list by whose trusts they are. */
  protected override ask(request: FastifyRequest, operation: string, args: object): Promise<unknown> {
    if (operation === 'get') return super.ask(request, operation, { ...args, part: 'trust' });
    if (operation !== 'list') return super.ask(request, operation, args);
    const { filters = {} }: { readonly filters?: Readonly<Record<string, readonly string[]>> } = args;
    const whose = Object.entries(filters).flatMap(([name, [value]]) => (value ? [[name, value]] : []));
    return super.ask(request, operation, Object.fromEntries(whose));
  }

  protected override createArgs(_request: FastifyRequest, input: InputOf<Trust>): object {
    const { redelegated_trust_id: _parent, extra: _extra, ...args } = input;
    return args;
  }

  protected override listed(view: object): object {
    const { roles: _roles, roles_links: _links, ...others } = { roles: [], roles_links: {}, ...view };
    return others;
  }

  async #get(request: FastifyRequest, id: string, part: TrustArgs['part']): Promise<TrustData> {
    return trusts.object.unwrap(await this.identity.call(request, 'trust_get', { id: objectId('trust', id), part }));
  }
}
