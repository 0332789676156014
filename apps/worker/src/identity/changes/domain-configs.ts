import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { SecurityComplianceOptions } from '#libs/options';
import { DOMAIN_CONFIG_OPTIONS, ExpectedError, isRecord } from '#libs/contracts';
import type { DomainConfig, DomainConfigArgs, DomainConfigResult } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import type { Queries, Transaction } from '../../store/index.js';
import { DEFAULT_DOMAIN } from '../held-roles.js';
import type { SecretBox } from '../secret-box.js';
import type { IdentityChanges } from './identity-changes.js';

/** Stored, and never returned. */
const SENSITIVE: Readonly<Record<string, readonly string[]>> = { ldap: ['password'] };
const COMPLIANCE = 'security_compliance';
const MOST_BYTES = 65_535;

type Given = readonly (readonly [group: string, option: string, value: unknown])[];
type Compliance = Pick<SecurityComplianceOptions, 'passwordRegex' | 'passwordRegexDescription'>;

/**
 * keystone's domain-specific configuration: only stored and returned. Users of all domains are in this database, so it
 * does not change the cloud's behaviour. Values are encrypted, since some are secrets.
 */
export class DomainConfigs {
  constructor(
    private readonly changes: IdentityChanges,
    private readonly secrets: SecretBox,
    private readonly compliance: Compliance,
  ) {}

  /** Errors: PolicyNotAuthorized, DomainNotFound, DomainConfigNotFound, InvalidDomainConfig. */
  async run(ctx: RequestContext, args: DomainConfigArgs): Promise<DomainConfigResult> {
    const { domain_id: domainId, change, group, option } = args;
    if (group === COMPLIANCE && change === 'get') return { config: this.#security(ctx, args), is_new: false };
    this.changes.authorize(ctx, `${change}_domain_config`, {});
    return this.changes.run({ kind: 'domain', name: domainId }, async (tx) => {
      await this.changes.get(tx, 'domain', domainId);
      requireKnown(group, option);
      const before = await this.#told(tx, domainId);
      if (change === 'create') {
        const given = givenOptions(args);
        await remove(tx, sql`domain_id = ${domainId}`);
        await this.#store(tx, domainId, given);
        return { config: await this.#told(tx, domainId), is_new: Object.keys(before).length === 0 };
      }
      const found = part(before, args);
      if (change === 'get') return { config: found, is_new: false };
      if (change === 'update') await this.#store(tx, domainId, givenOptions(args));
      else {
        await remove(
          tx,
          sql`domain_id = ${domainId} and (${group ?? null}::text is null or option_group = ${group ?? null})
            and (${option ?? null}::text is null or option = ${option ?? null})`,
        );
      }
      return { config: await this.#told(tx, domainId), is_new: false };
    });
  }

  /** The password rules that users may read, for the default domain only. */
  #security(ctx: RequestContext, { domain_id: domainId, option }: DomainConfigArgs): DomainConfig {
    this.changes.authorize(ctx, 'get_security_compliance_domain_config', {});
    if (domainId !== DEFAULT_DOMAIN.id) {
      throw invalid(
        'Reading security compliance information for any domain other than the default domain is not allowed',
      );
    }
    const { passwordRegex, passwordRegexDescription } = this.compliance;
    const all: Readonly<Record<string, unknown>> = {
      password_regex: passwordRegex ?? null,
      password_regex_description: passwordRegexDescription ?? null,
    };
    if (option === undefined) return { [COMPLIANCE]: all };
    if (!Object.hasOwn(all, option)) throw invalid(`Reading ${option} of ${COMPLIANCE} is not allowed`);
    return { [COMPLIANCE]: { [option]: all[option] } };
  }

  async #told(db: Queries, domainId: string): Promise<DomainConfig> {
    const rows = await sql<{ option_group: string; option: string; value: string }>`
      select option_group, option, value from domain_configs where domain_id = ${domainId} order by 1, 2`.execute(db);
    const config: Record<string, Record<string, unknown>> = {};
    for (const { option_group: group, option, value } of rows.rows) {
      if (SENSITIVE[group]?.includes(option) === true) continue;
      config[group] = { ...config[group], [option]: JSON.parse(this.secrets.open(value)) };
    }
    return config;
  }

  async #store(tx: Transaction, domainId: string, given: Given): Promise<void> {
    for (const [group, option, value] of given) {
      await sql`
        insert into domain_configs (domain_id, option_group, option, value)
        values (${domainId}, ${group}, ${option}, ${this.secrets.seal(JSON.stringify(value))})
        on conflict (domain_id, option_group, option) do update set value = excluded.value`.execute(tx);
    }
  }
}

async function remove(tx: Transaction, where: RawBuilder<unknown>): Promise<void> {
  await sql`delete from domain_configs where ${where}`.execute(tx);
}

/** The part of a configuration that the path names. Error DomainConfigNotFound. */
function part(config: DomainConfig, { group, option, domain_id: domainId }: DomainConfigArgs): DomainConfig {
  const found =
    group === undefined ? config : Object.fromEntries(Object.entries(config).filter(([name]) => name === group));
  const values = Object.values(found)[0];
  if (values === undefined || (option !== undefined && !Object.hasOwn(values, option))) {
    const what = option === undefined ? (group ?? 'any options') : `option ${option} in group ${group ?? ''}`;
    const text = `Could not find ${what} in domain configuration for domain ${domainId}.`;
    throw new ExpectedError('DomainConfigNotFound', text);
  }
  return option === undefined || group === undefined ? found : { [group]: { [option]: values[option] } };
}

/** Error InvalidDomainConfig. */
function givenOptions({ config = {}, group, option }: DomainConfigArgs): Given {
  const groups: Readonly<Record<string, unknown>> =
    group !== undefined && option !== undefined ? { [group]: config } : config;
  const names = Object.keys(groups);
  if (names.length === 0) throw invalid('No options specified');
  if (group !== undefined && (names.length > 1 || names[0] !== group)) {
    throw invalid(`Trying to update group ${group}, so that, and only that, group must be specified in the config`);
  }
  const given = Object.entries(groups).flatMap(([name, options]): Given => {
    if (!isRecord(options) || Object.keys(options).length === 0) {
      throw invalid(`The value of group ${name} specified in the config should be a dictionary of options`);
    }
    return Object.entries(options).map(([key, value]) => {
      requireKnown(name, key);
      return [name, key, value];
    });
  });
  if (option !== undefined && (given.length !== 1 || given[0]?.[1] !== option)) {
    throw invalid(`Trying to update option ${option}, so that, and only that, option must be specified in the config`);
  }
  if (Buffer.byteLength(JSON.stringify(given)) > MOST_BYTES) throw invalid(`It has more than ${MOST_BYTES} bytes`);
  return given;
}

function requireKnown(group: string | undefined, option: string | undefined): void {
  if (group === undefined) return;
  const options = Object.hasOwn(DOMAIN_CONFIG_OPTIONS, group) ? DOMAIN_CONFIG_OPTIONS[group] : undefined;
  if (options === undefined) throw invalid(`Group ${group} is not supported for domain specific configurations`);
  if (option === undefined || Object.hasOwn(options, option) || SENSITIVE[group]?.includes(option) === true) return;
  throw invalid(`Option ${option} in group ${group} is not supported for domain specific configurations`);
}

function invalid(reason: string): ExpectedError {
  return new ExpectedError('InvalidDomainConfig', `Invalid domain specific configuration: ${reason.slice(0, 500)}.`);
}
