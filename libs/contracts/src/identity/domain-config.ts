import { IsIn, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';

type OptionDefaults = Readonly<Record<string, unknown>>;

/** The options that can be set per domain, with keystone's defaults (keystone.conf.identity and ldap). */
export const DOMAIN_CONFIG_OPTIONS: Readonly<Record<string, OptionDefaults>> = {
  identity: { driver: 'sql', list_limit: null },
  ldap: {
    url: 'ldap://localhost',
    user: null,
    suffix: 'cn=example,cn=com',
    query_scope: 'one',
    page_size: 0,
    alias_dereferencing: 'default',
    debug_level: null,
    chase_referrals: null,
    user_tree_dn: null,
    user_filter: null,
    user_objectclass: 'inetOrgPerson',
    user_id_attribute: 'cn',
    user_name_attribute: 'sn',
    user_mail_attribute: 'mail',
    user_description_attribute: 'description',
    user_pass_attribute: 'userPassword',
    user_enabled_attribute: 'enabled',
    user_enabled_invert: false,
    user_enabled_mask: 0,
    user_enabled_default: 'True',
    user_attribute_ignore: ['default_project_id'],
    user_default_project_id_attribute: null,
    user_enabled_emulation: false,
    user_enabled_emulation_dn: null,
    user_enabled_emulation_use_group_config: false,
    user_additional_attribute_mapping: [],
    group_tree_dn: null,
    group_filter: null,
    group_objectclass: 'groupOfNames',
    group_id_attribute: 'cn',
    group_name_attribute: 'ou',
    group_members_are_ids: false,
    group_member_attribute: 'member',
    group_desc_attribute: 'description',
    group_attribute_ignore: [],
    group_additional_attribute_mapping: [],
    tls_cacertfile: null,
    tls_cacertdir: null,
    use_tls: false,
    tls_req_cert: 'demand',
    use_pool: true,
    pool_size: 10,
    pool_retry_max: 3,
    pool_retry_delay: 0.1,
    pool_connection_timeout: -1,
    pool_connection_lifetime: 600,
    use_auth_pool: true,
    auth_pool_size: 100,
    auth_pool_connection_lifetime: 60,
  },
};

/** Group → option → value. */
export type DomainConfig = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** All of a domain's configuration, a group of it, or one option. */
export class DomainConfigArgs {
  @IsString() @MaxLength(255) readonly domain_id!: string;
  @IsIn(['get', 'create', 'update', 'delete']) readonly change!: 'get' | 'create' | 'update' | 'delete';
  @IsOptional() @IsString() @MaxLength(255) readonly group?: string;
  @IsOptional() @IsString() @MaxLength(255) readonly option?: string;
  /** In the form of the body: groups, or for one option its name and value. */
  @IsOptional() @IsObject() readonly config?: Readonly<Record<string, unknown>>;
}

export interface DomainConfigResult {
  readonly config: DomainConfig;
  /** On a create: the domain had no configuration before. */
  readonly is_new: boolean;
}
