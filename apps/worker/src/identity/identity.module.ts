import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { CatalogOptions, CredentialOptions, IdentityOptions, SecurityComplianceOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { getLogger } from '#libs/telemetry';
import { Authorizer } from '../policy/authorizer.js';
import { ResourceHandlers } from '../resources/resource-endpoint.js';
import { WorkerResources } from '../service/worker-resources.js';
import { Store } from '../store/index.js';
import { AuthenticationEndpoint } from './auth/authentication.endpoint.js';
import { bootstrapIdentity } from './bootstrap-identity.js';
import { DomainConfigs } from './changes/domain-configs.js';
import { DomainManager } from './changes/domain-manager.js';
import { GrantManager } from './changes/grant-manager.js';
import { GroupMembers } from './changes/group-members.js';
import { IdentityChanges } from './changes/identity-changes.js';
import { ImpliedRoles } from './changes/implied-roles.js';
import { PasswordRules } from './changes/password-rules.js';
import { ProjectManager } from './changes/project-manager.js';
import { RoleManager } from './changes/role-manager.js';
import { UserManager } from './changes/user-manager.js';
import { DirectoryEndpoint } from './directory.endpoint.js';
import { IdentityChangesEndpoint } from './identity-changes.endpoint.js';
import { IdentityDirectory } from './identity-directory.js';
import { IdentityEndpoint } from './identity.endpoint.js';
import { IdentityPolicy } from './identity-policy.js';
import { disableInactive } from './inactive-users.js';
import { CurrentLoginLimits } from './login-attempts.js';
import { OAuth1Tokens } from './oauth/oauth1-tokens.js';
import { CatalogLinksEndpoint } from './resources/catalog-links.endpoint.js';
import { CatalogLinks } from './resources/catalog-links.js';
import { IdentityResourcesEndpoint, createIdentityHandlers } from './resources/identity-resources.endpoint.js';
import { sweepIdentity, TokenRevoker } from './revocations.js';
import { SecretBox } from './secret-box.js';

const SWEEP_INTERVAL_MS = 600_000;

const log = getLogger('albireo.identity');

/** Without a configured key it uses keystone's null key, and logs that once. */
function openSecretBox(config: Configuration): SecretBox {
  const { encryptionKeys } = config.get(CredentialOptions);
  const { signingKeys } = config.get(IdentityOptions);
  const keys = encryptionKeys.length > 0 ? encryptionKeys : signingKeys;
  if (keys.length === 0) log.warning('Credentials are stored under a null key: set [credential] encryption_keys.');
  return new SecretBox(keys);
}

/** The topic identity. */
@Module({
  controllers: [
    AuthenticationEndpoint,
    CatalogLinksEndpoint,
    DirectoryEndpoint,
    IdentityEndpoint,
    IdentityChangesEndpoint,
    IdentityResourcesEndpoint,
  ],
  providers: [
    {
      provide: IdentityDirectory,
      inject: [Store, IdentityPolicy],
      useFactory: (store: Store, policy: IdentityPolicy): IdentityDirectory => new IdentityDirectory(store, policy),
    },
    {
      provide: IdentityPolicy,
      inject: [Authorizer],
      useFactory: (authorizer: Authorizer): IdentityPolicy => new IdentityPolicy(authorizer),
    },
    {
      provide: TokenRevoker,
      inject: [WorkerResources],
      useFactory: ({ store, outbox, transport, config }: WorkerResources): TokenRevoker =>
        new TokenRevoker(store, outbox, transport, () => config.get(IdentityOptions).tokenExpiration),
    },
    {
      provide: IdentityChanges,
      inject: [Store, IdentityPolicy, TokenRevoker],
      useFactory: (store: Store, policy: IdentityPolicy, revoker: TokenRevoker): IdentityChanges =>
        new IdentityChanges(store, policy, revoker),
    },
    {
      provide: SecretBox,
      inject: [WorkerResources],
      useFactory: ({ config }: WorkerResources): SecretBox => openSecretBox(config),
    },
    {
      provide: ResourceHandlers,
      inject: [IdentityChanges, IdentityPolicy, SecretBox],
      useFactory: (changes: IdentityChanges, policy: IdentityPolicy, secrets: SecretBox): ResourceHandlers =>
        createIdentityHandlers({ changes, policy, secrets }),
    },
    {
      provide: CurrentLoginLimits,
      inject: [WorkerResources],
      useFactory: ({ config }: WorkerResources): CurrentLoginLimits =>
        new CurrentLoginLimits(config.get(SecurityComplianceOptions)),
    },
    {
      provide: UserManager,
      inject: [IdentityChanges, CurrentLoginLimits, WorkerResources],
      useFactory: (changes: IdentityChanges, limits: CurrentLoginLimits, { config }: WorkerResources): UserManager =>
        new UserManager(changes, limits, new PasswordRules(config.get(SecurityComplianceOptions))),
    },
    {
      provide: ProjectManager,
      inject: [IdentityChanges, DomainManager],
      useFactory: (changes: IdentityChanges, domains: DomainManager): ProjectManager =>
        new ProjectManager(changes, domains),
    },
    ...[CatalogLinks, GroupMembers].map((Part) => ({
      provide: Part,
      inject: [IdentityChanges, IdentityPolicy],
      useFactory: (changes: IdentityChanges, policy: IdentityPolicy): object => new Part(changes, policy),
    })),
    {
      provide: OAuth1Tokens,
      inject: [IdentityChanges, IdentityPolicy, SecretBox],
      useFactory: (changes: IdentityChanges, policy: IdentityPolicy, secrets: SecretBox): OAuth1Tokens =>
        new OAuth1Tokens(changes, policy, secrets),
    },
    {
      provide: DomainConfigs,
      inject: [IdentityChanges, SecretBox, WorkerResources],
      useFactory: (changes: IdentityChanges, secrets: SecretBox, { config }: WorkerResources): DomainConfigs =>
        new DomainConfigs(changes, secrets, config.get(SecurityComplianceOptions)),
    },
    ...[DomainManager, RoleManager, GrantManager, ImpliedRoles].map((Manager) => ({
      provide: Manager,
      inject: [IdentityChanges],
      useFactory: (changes: IdentityChanges): object => new Manager(changes),
    })),
  ],
})
export class IdentityModule implements OnApplicationBootstrap {
  constructor(private readonly shared: WorkerResources) {}

  /** The first user exists before the first message is served. */
  async onApplicationBootstrap(): Promise<void> {
    const { store, config, tasks } = this.shared;
    await bootstrapIdentity(store, config.get(IdentityOptions), config.get(CatalogOptions).regionName);
    tasks.add({ name: 'sweep identity', intervalMs: SWEEP_INTERVAL_MS, byClock: true, run: () => this.#sweep() });
  }

  async #sweep(): Promise<void> {
    const { store, config } = this.shared;
    await sweepIdentity(store);
    const { disableUserAccountDaysInactive: days } = config.get(SecurityComplianceOptions);
    if (days !== undefined) await disableInactive(store.db, days);
  }
}
