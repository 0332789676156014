import { BoolOpt, DurationOpt, IntOpt, OptionGroup, StrOpt, UriOpt } from '#libs/config';

@OptionGroup('api', { help: 'Behaviour of the HTTP APIs.', half: 'api' })
export class ApiOptions {
  @DurationOpt({
    default: 55,
    min: 0.001,
    mutable: true,
    help:
      'Seconds that a request may take. The deadline travels with the calls to the workers; when it is over the ' +
      'client gets 504.',
  })
  readonly requestTimeout!: number;

  @IntOpt({
    default: 1000,
    min: 0,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'osapi_max_limit' }],
    help: 'Maximum number of items on one page of a listing.',
  })
  readonly maxLimit!: number;

  @UriOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'osapi_compute_link_prefix' }],
    help: 'Replaces scheme and host in the links of the Compute API.',
  })
  readonly computeLinkPrefix!: string | undefined;

  @UriOpt({
    deprecatedOpts: [{ group: 'DEFAULT', name: 'osapi_glance_link_prefix' }],
    help: 'Replaces scheme and host in the links to images.',
  })
  readonly glanceLinkPrefix!: string | undefined;

  @StrOpt({
    default: 'local',
    choices: ['local', 'keystone', 'noauth2'],
    help:
      'Who checks tokens: the Identity API of this product (local), a Keystone ([keystone_authtoken]), or nobody ' +
      '(noauth2, for development).',
  })
  readonly authStrategy!: 'local' | 'keystone' | 'noauth2';

  @IntOpt({
    deprecatedOpts: [{ group: 'DEFAULT' }],
    default: 15,
    min: 0,
    help: 'Seconds for which metadata of a server that a metadata proxy names is cached; 0 for not at all.',
  })
  readonly metadataCacheExpiration!: number;

  @StrOpt({
    default: 'novalocal',
    deprecatedOpts: [{ group: 'DEFAULT' }],
    help: 'Domain that is added to host names in metadata; may be empty.',
  })
  readonly dhcpDomain!: string;

  @BoolOpt({
    default: true,
    mutable: true,
    deprecatedOpts: [{ group: 'DEFAULT' }],
    help: 'Answer the password of the administrator (adminPass) of a new server: the one asked for, else a generated one.',
  })
  readonly enableInstancePassword!: boolean;
}
