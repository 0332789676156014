import { BoolOpt, IntOpt, ListOpt, OptionGroup, StrOpt, UriOpt } from '#libs/config';
import type { OptionValue } from '#libs/config';

/** HS256 requires a key of at least the size of its digest (RFC 7518, 3.2). */
const LEAST_KEY_BYTES = 32;

function checkKeys(value: OptionValue): string | undefined {
  const keys = Array.isArray(value) ? value : [];
  const short = keys.filter((key) => typeof key === 'string' && Buffer.byteLength(key) < LEAST_KEY_BYTES).length;
  return short === 0 ? undefined : `expected keys of at least ${LEAST_KEY_BYTES} characters, ${short} have less`;
}

function checkPattern(value: OptionValue): string | undefined {
  try {
    return typeof value === 'string' && new RegExp(`^(?:${value})`, 'u').source === ''
      ? 'expected a pattern'
      : undefined;
  } catch {
    return 'expected a regular expression';
  }
}

/** keystone's names of its LDAP driver: its entry point, and the class named in old files. */
function refuseDirectory(value: OptionValue): string | undefined {
  return typeof value === 'string' && /(^|\.)ldap(\.|$)/i.test(value)
    ? 'expected sql: users of an LDAP directory cannot be used'
    : undefined;
}

@OptionGroup('identity', { help: 'The Identity API: its first user, and its tokens.' })
export class IdentityOptions {
  @StrOpt({ half: 'rpc', default: 'admin', help: 'Name of the user that is created in an empty database.' })
  readonly adminUsername!: string;

  @StrOpt({
    half: 'rpc',
    secret: true,
    help: 'Password of the first user. Unset: one is generated and kept in the data directory.',
  })
  readonly adminPassword!: string | undefined;

  @StrOpt({ half: 'rpc', default: 'admin', help: 'Name of the project that is created in an empty database.' })
  readonly adminProjectName!: string;

  @StrOpt({ half: 'rpc', default: 'admin', help: 'Role of the first user on the first project.' })
  readonly adminRoleName!: string;

  @StrOpt({ default: 'RegionOne', help: 'Region of the endpoints in the catalog.' })
  readonly region!: string;

  @ListOpt({
    default: [],
    secret: true,
    check: checkKeys,
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
    help: 'Seconds for which a token is valid.',
  })
  readonly tokenExpiration!: number;

  @StrOpt({
    default: 'sql',
    check: refuseDirectory,
    help: 'Where users are: in the database. ldap is refused, since nobody would be found.',
  })
  readonly driver!: string;
}

@OptionGroup('security_compliance', {
  help: 'Locking of users after failed log-ins and rules for passwords, as keystone has them.',
})
export class SecurityComplianceOptions {
  @IntOpt({
    min: 1,
    help:
      'Failed log-ins after which a user is locked everywhere for lockout_duration, whoever made them. Unset: users ' +
      'are not locked; attempts are bounded by user and source.',
  })
  readonly lockoutFailureAttempts!: number | undefined;

  @IntOpt({ default: 1800, min: 1, help: 'Seconds for which a user is locked.' })
  readonly lockoutDuration!: number;

  @StrOpt({
    half: 'rpc',
    check: checkPattern,
    help: 'A regular expression that a new password must match from its start. Unset: any password.',
  })
  readonly passwordRegex!: string | undefined;

  @StrOpt({ half: 'rpc', help: 'The error for a password that does not match password_regex.' })
  readonly passwordRegexDescription!: string | undefined;

  @IntOpt({ half: 'rpc', min: 1, help: 'Days after which a password expires and must be changed. Unset: never.' })
  readonly passwordExpiresDays!: number | undefined;

  @IntOpt({
    half: 'rpc',
    default: 0,
    min: 0,
    max: 24,
    help: 'How many of its last passwords a user cannot choose again. Each costs as much time as a log-in.',
  })
  readonly uniqueLastPasswordCount!: number;

  @IntOpt({ half: 'rpc', default: 0, min: 0, help: 'Days for which users must keep a password that they chose.' })
  readonly minimumPasswordAge!: number;

  @BoolOpt({
    half: 'rpc',
    default: false,
    help: 'Whether a password that an administrator set expires at once: its user must change it before logging in.',
  })
  readonly changePasswordUponFirstUse!: boolean;

  @IntOpt({
    half: 'rpc',
    min: 1,
    help: 'Days without a log-in after which a user is disabled. Unset: never. A user option exempts it.',
  })
  readonly disableUserAccountDaysInactive!: number | undefined;
}

@OptionGroup('credential', { help: 'Secrets of users that are not passwords: EC2 keys, TOTP.', half: 'rpc' })
export class CredentialOptions {
  @ListOpt({
    default: [],
    secret: true,
    check: checkKeys,
    help:
      'Keys that encrypt credentials in the database, the newest first; older ones still decrypt. The same on all ' +
      'workers. Empty: those of [identity] signing_keys; without any, nothing is secret.',
  })
  readonly encryptionKeys!: readonly string[];
}

const urlHelp = (face: string, service: string): string =>
  `The ${face} URL of the ${service} API in the catalog. Unset: scheme and host of the request, port of the service.`;

@OptionGroup('catalog', { help: 'The URLs in the catalog.', half: 'api' })
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

  @StrOpt({ half: 'both', default: '$identity.region', help: 'Region of the endpoints.' })
  readonly regionName!: string;
}

@OptionGroup('token', { help: 'The format of tokens.', half: 'api' })
export class TokenOptions {
  @StrOpt({
    default: 'signed',
    help:
      'fernet: tokens as keystone has them, by the keys of [fernet_tokens], so that a keystone and this service with the ' +
      "same users take each other's. Anything else: signed tokens, which need no question to the worker to be checked.",
  })
  readonly provider!: string;

  @BoolOpt({
    default: true,
    help: 'Whether a token for a project, a domain or the system can be used to get one for another of them.',
  })
  readonly allowRescopeScopedToken!: boolean;
}

@OptionGroup('fernet_tokens', { help: 'Keys of Fernet tokens.', half: 'api' })
export class FernetTokensOptions {
  @StrOpt({
    default: '/etc/keystone/fernet-keys/',
    help: 'Directory of the keys, the same on all gateways: see albireo-manage fernet setup and rotate.',
  })
  readonly keyRepository!: string;

  @IntOpt({ default: 3, min: 1, help: 'Keys that a rotation leaves: the next one, the one that signs, older ones.' })
  readonly maxActiveKeys!: number;
}

@OptionGroup('auth', { help: 'Ways to log in.', half: 'api' })
export class AuthOptions {
  @ListOpt({
    default: ['external', 'password', 'token', 'oauth1', 'mapped', 'application_credential', 'totp'],
    help:
      'Names of the methods in the order in which Fernet tokens number them: as the keystone has it that reads them. It ' +
      'allows and forbids nothing.',
  })
  readonly methods!: readonly string[];
}
