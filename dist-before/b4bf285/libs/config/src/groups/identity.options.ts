import { IntOpt, ListOpt, OptionGroup, StrOpt, UriOpt } from '../internal/decorators.js';

@OptionGroup('identity', { help: 'The Identity API: its first user, and its tokens.' })
export class IdentityOptions {
  @StrOpt({ default: 'admin', help: 'Name of the user that is created in an empty database.' })
  readonly adminUsername!: string;

  @StrOpt({
    secret: true,
    help: 'Password of the first user. Unset: one is generated and kept in the data directory.',
  })
  readonly adminPassword!: string | undefined;

  @StrOpt({ default: 'admin', help: 'Name of the project that is created in an empty database.' })
  readonly adminProjectName!: string;

  @StrOpt({ default: 'admin', help: 'Role of the first user on the first project.' })
  readonly adminRoleName!: string;

  @StrOpt({ default: 'RegionOne', help: 'Region of the endpoints in the catalog.' })
  readonly region!: string;

  @ListOpt({
    default: [],
    secret: true,
    help:
      'Keys that sign tokens, the newest first; older ones are still accepted. The same on all gateways and workers. ' +
      'Empty: one is generated and kept in the data directory.',
  })
  readonly signingKeys!: readonly string[];

  @IntOpt({
    default: 3600,
    min: 1,
    mutable: true,
    deprecatedOpts: [{ group: 'token', name: 'expiration', silent: true }],
    help: 'Seconds for which a token is good.',
  })
  readonly tokenExpiration!: number;
}

const urlHelp = (face: string, service: string): string =>
  `The ${face} URL of the ${service} API in the catalog. Unset: scheme and host of the request, port of the service.`;

@OptionGroup('catalog', { help: 'The URLs that clients get told.' })
export class CatalogOptions {
  @UriOpt({ help: urlHelp('public', 'Identity') })
  readonly identityPublicUrl!: string | undefined;

  @UriOpt({ help: urlHelp('internal', 'Identity') })
  readonly identityInternalUrl!: string | undefined;

  @UriOpt({ help: urlHelp('admin', 'Identity') })
  readonly identityAdminUrl!: string | undefined;

  @UriOpt({ help: urlHelp('public', 'Compute') })
  readonly computePublicUrl!: string | undefined;

  @UriOpt({ help: urlHelp('internal', 'Compute') })
  readonly computeInternalUrl!: string | undefined;

  @UriOpt({ help: urlHelp('admin', 'Compute') })
  readonly computeAdminUrl!: string | undefined;

  @UriOpt({ help: urlHelp('public', 'Image') })
  readonly imagePublicUrl!: string | undefined;

  @UriOpt({ help: urlHelp('internal', 'Image') })
  readonly imageInternalUrl!: string | undefined;

  @UriOpt({ help: urlHelp('admin', 'Image') })
  readonly imageAdminUrl!: string | undefined;

  @UriOpt({ help: urlHelp('public', 'Network') })
  readonly networkPublicUrl!: string | undefined;

  @UriOpt({ help: urlHelp('internal', 'Network') })
  readonly networkInternalUrl!: string | undefined;

  @UriOpt({ help: urlHelp('admin', 'Network') })
  readonly networkAdminUrl!: string | undefined;

  @StrOpt({ default: '$identity.region', help: 'Region of the endpoints.' })
  readonly regionName!: string;
}
