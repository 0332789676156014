import { Controller } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Role, declarationOf } from '#libs/contracts';
import { valueOf } from '../collection/collection-query.js';
import type { RawQuery } from '../collection/collection-query.js';
import { directoryController } from '../resource/directory.controller.js';

/** `/roles`; those of a domain have rules of their own, which the worker asks about the row. */
@Controller('v3/roles')
export class RolesController extends directoryController(declarationOf(Role), { also: 'domain_role' }) {
  protected override authorizeList(request: FastifyRequest, query: RawQuery): void {
    if (valueOf(query, 'domain_id')) this.policy.authorize(request, 'list_domain_roles');
    else super.authorizeList(request, query);
  }
}
