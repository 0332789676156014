import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RevocationPage } from '#libs/contracts';
import type { RevocationData } from '#libs/contracts';
import { Authorize } from '../../edge/access/access.decorators.js';
import { IdentityClient } from '../../edge/rpc/clients.js';
import { epochSeconds, isoTime } from '../../edge/tokens/token-subjects.js';
import { valueOf, collectionView } from '../collection/collection.js';
import type { RawQuery } from '../collection/collection.js';
import { badRequest } from '../errors/keystone-faults.js';

/** keystone's names of the subjects of a revocation. */
const NAMES: Readonly<Record<string, string>> = {
  user: 'user_id',
  project: 'project_id',
  domain: 'domain_id',
  role: 'role_id',
  trust: 'OS-TRUST:trust_id',
  access_token: 'OS-OAUTH1:access_token_id',
};

/** `/v3/OS-REVOKE/events`: the revoked tokens. */
@Controller('v3/OS-REVOKE/events')
export class RevokeEventsController {
  constructor(@Inject(IdentityClient) private readonly identity: IdentityClient) {}

  @Get()
  @Authorize('identity:list_revoke_events')
  async list(@Req() request: FastifyRequest, @Query() query: RawQuery): Promise<object> {
    const text = valueOf(query, 'since') ?? '';
    const since = text === '' ? Number.NEGATIVE_INFINITY : Date.parse(text);
    if (Number.isNaN(since)) throw badRequest(`invalidate date format ${text.slice(0, 64)}`);
    const { objects } = RevocationPage.unwrap(await this.identity.call(request, 'revocation_list', null));
    const events = objects.flatMap((found) => {
      const at = found.issued_before;
      return at !== undefined && Date.parse(at) < since ? [] : [eventView(found)];
    });
    return collectionView(request, 'events', events);
  }
}

function eventView({ audit_id: auditId, subject, issued_before: at }: RevocationData): object {
  const shown = at === undefined ? undefined : isoTime(epochSeconds(at));
  const times = shown === undefined ? {} : { issued_before: shown, revoked_at: shown };
  return { ...(subject === undefined ? { audit_id: auditId } : subjectView(subject)), ...times };
}

/** See `revocationSubject`. */
function subjectView(subject: string): object {
  const [kind = '', id = '', on = '', onId] = subject.split(':');
  if (kind !== 'grant') return { [NAMES[kind] ?? `${kind}_id`]: id };
  const name = NAMES[on];
  return { user_id: id, ...(name === undefined || onId === undefined ? {} : { [name]: onId }) };
}
