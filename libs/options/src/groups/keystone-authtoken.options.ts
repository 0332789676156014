import { BoolOpt, IntOpt, ListOpt, OptionGroup, StrOpt, UriOpt } from '#libs/config';

@OptionGroup('keystone_authtoken', {
  help: 'The Keystone that checks tokens when [api] auth_strategy is keystone.',
  half: 'api',
})
export class KeystoneAuthtokenOptions {
  @UriOpt({
    deprecatedOpts: [{ name: 'auth_uri' }],
    help: 'The public URL of Keystone, told to clients without a token.',
  })
  readonly wwwAuthenticateUri!: string | undefined;

  @BoolOpt({ default: false, help: 'Let a request without a valid token pass, marked as not authenticated.' })
  readonly delayAuthDecision!: boolean;

  @IntOpt({ min: 0, help: 'Seconds to wait for an answer of Keystone.' })
  readonly httpConnectTimeout!: number | undefined;

  @IntOpt({ default: 3, min: 0, help: 'Times that a failed request to Keystone is tried again.' })
  readonly httpRequestMaxRetries!: number;

  @StrOpt({ help: 'Client certificate, PEM.' })
  readonly certfile!: string | undefined;

  @StrOpt({ help: 'Key of the client certificate, PEM.' })
  readonly keyfile!: string | undefined;

  @StrOpt({ help: 'Certificates of authorities for Keystone, PEM. Unset: those of Node.' })
  readonly cafile!: string | undefined;

  @BoolOpt({ default: false, help: 'Do not check the certificate of Keystone.' })
  readonly insecure!: boolean;

  @IntOpt({ default: 300, min: -1, help: 'Seconds for which a checked token is remembered; -1 for not at all.' })
  readonly tokenCacheTime!: number;

  @ListOpt({ default: ['service'], help: 'Roles of which a service token needs one.' })
  readonly serviceTokenRoles!: readonly string[];

  @BoolOpt({ default: true, help: 'Refuse a service token without one of service_token_roles.' })
  readonly serviceTokenRolesRequired!: boolean;

  @StrOpt({
    default: 'password',
    deprecatedOpts: [{ name: 'auth_plugin' }],
    choices: ['password', 'v3password', 'v3applicationcredential'],
    help: 'How this service logs in to Keystone.',
  })
  readonly authType!: string;

  @UriOpt({ help: 'URL at which this service logs in.' })
  readonly authUrl!: string | undefined;

  @StrOpt({ deprecatedOpts: [{ name: 'user_name' }], help: 'User as whom this service logs in.' })
  readonly username!: string | undefined;

  @StrOpt({ secret: true, help: 'Password of the user.' })
  readonly password!: string | undefined;

  @StrOpt({ help: 'Domain of the user.' })
  readonly userDomainName!: string | undefined;

  @StrOpt({ help: 'Domain of the user, by id.' })
  readonly userDomainId!: string | undefined;

  @StrOpt({ deprecatedOpts: [{ name: 'tenant_name' }], help: 'Project of the user.' })
  readonly projectName!: string | undefined;

  @StrOpt({ help: 'Domain of the project.' })
  readonly projectDomainName!: string | undefined;

  @StrOpt({ help: 'Domain of the project, by id.' })
  readonly projectDomainId!: string | undefined;

  @StrOpt({ help: 'Log in for the whole system in place of a project: all.' })
  readonly systemScope!: string | undefined;

  @StrOpt({ help: 'Id of an application credential.' })
  readonly applicationCredentialId!: string | undefined;

  @StrOpt({ secret: true, help: 'Secret of the application credential.' })
  readonly applicationCredentialSecret!: string | undefined;
}
