import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import {
  DEFAULT_MAPPING_SCHEMA,
  ExpectedError,
  FederationMapping,
  FederationProtocol,
  IdentityProvider,
  OAuthConsumer,
  ServiceProvider,
  revocationSubject,
} from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type {
  FederationMappingData,
  FederationProtocolData,
  IdentityProviderData,
  OAuthConsumerData,
  ServiceProviderData,
} from '#libs/contracts';
import { Manages } from '../../resources/manages.js';
import type { Values } from '../../resources/resource-rows.js';
import type { Transaction } from '../../store/index.js';
import { findOne } from '../identity-kinds.js';
import { newIdentityId } from '../changes/identity-changes.js';
import { exists } from './catalog-managers.js';
import { DirectoryResource } from './directory-resource.js';
import { directoryTable } from './directory-table.js';

@Manages(directoryTable(IdentityProvider))
export class IdentityProviderManager extends DirectoryResource<IdentityProviderData> {
  /** Creates a domain for its users, unless the request names one. */
  protected override async beforeCreate(tx: Transaction, values: Values): Promise<void> {
    values['remote_ids'] ??= [];
    await this.#requireFree(tx, String(values['id']), values['remote_ids']);
    const { domain_id: domainId } = values;
    if (typeof domainId === 'string') {
      if ((await findOne(tx, 'domain', domainId)) !== null) return;
      throw new ExpectedError('DomainNotFound', `Could not find domain: ${domainId}.`, { id: domainId });
    }
    const id = newIdentityId();
    const description = `Auto generated federated domain for Identity Provider: ${String(values['id'])}`;
    await sql`
      insert into domains (id, name, description) values (${id}, ${id}, ${description})`.execute(tx);
    values['domain_id'] = id;
  }

  protected override async beforeUpdate(tx: Transaction, { id }: IdentityProviderData, values: Values): Promise<void> {
    if (values['remote_ids'] === null) values['remote_ids'] = [];
    await this.#requireFree(tx, id, values['remote_ids']);
  }

  async #requireFree(tx: Transaction, id: string, remoteIds: unknown): Promise<void> {
    if (!Array.isArray(remoteIds) || remoteIds.length === 0) return;
    const taken = await sql`
      select 1 from identity_providers i, jsonb_array_elements_text(i.remote_ids) remote
      where i.id <> ${id} and remote = any(${remoteIds}::text[]) limit 1`.execute(tx);
    if (taken.rows.length === 0) return;
    const text = 'Conflict occurred attempting to store identity_provider - Duplicate remote ID.';
    throw new ExpectedError('Conflict', text);
  }
}

@Manages(directoryTable(FederationProtocol))
export class ProtocolManager extends DirectoryResource<FederationProtocolData> {
  protected override async beforeCreate(tx: Transaction, values: Values): Promise<void> {
    const { idp_id: provider } = values;
    if (!(await exists(tx, 'identity_providers', provider))) {
      const text = `Could not find Identity Provider: ${String(provider)}.`;
      throw new ExpectedError('IdentityProviderNotFound', text);
    }
    await requireMapping(tx, values);
  }

  protected override beforeUpdate(tx: Transaction, _before: FederationProtocolData, values: Values): Promise<void> {
    return requireMapping(tx, values);
  }
}

async function requireMapping(tx: Transaction, { mapping_id: id }: Values): Promise<void> {
  if (typeof id !== 'string' || (await exists(tx, 'mappings', id))) return;
  throw new ExpectedError('InvalidInput', `Mapping '${id}' not found.`);
}

@Manages(directoryTable(FederationMapping))
export class MappingManager extends DirectoryResource<FederationMappingData> {
  /** keystone validates a change like a complete mapping, and fills in the version as for a new one. */
  protected override async beforeUpdate(
    _tx: Transaction,
    _before: FederationMappingData,
    values: Values,
  ): Promise<void> {
    if (values['rules'] === undefined) throw new ExpectedError('InvalidInput', "'rules' is a required property\n");
    values['schema_version'] ??= DEFAULT_MAPPING_SCHEMA;
  }
}

@Manages(directoryTable(ServiceProvider))
export class ServiceProviderManager extends DirectoryResource<ServiceProviderData> {}

const SECRET_BYTES = 32;

@Manages(directoryTable(OAuthConsumer))
export class ConsumerManager extends DirectoryResource<OAuthConsumerData> {
  protected override async beforeCreate(_tx: Transaction, values: Values): Promise<void> {
    values['secret'] = randomBytes(SECRET_BYTES).toString('hex');
  }

  protected override written(values: Values): Values {
    const { secret } = values;
    const others = super.written(values);
    return typeof secret === 'string' ? { ...others, secret: this.shared.secrets.seal(secret) } : others;
  }

  protected override toldOnce({ secret }: Values): object {
    return { secret };
  }

  /** Also deletes its access tokens, and revokes the tokens created by them. */
  protected override async beforeDelete(
    tx: Transaction,
    { id }: OAuthConsumerData,
    context: RequestContext,
  ): Promise<void> {
    const tokens = await sql<{ id: string }>`
      select id from oauth1_access_tokens where consumer_id = ${id}`.execute(tx);
    const subjects = tokens.rows.map((token) => revocationSubject.accessToken(token.id));
    await this.shared.changes.revoke(tx, context, subjects);
  }
}
