import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { IdentityOptions } from '#libs/config';
import { Authorizer } from '../policy/authorizer.js';
import { WorkerResources } from '../service/worker-resources.js';
import { Store } from '../store/index.js';
import { bootstrapIdentity } from './bootstrap-identity.js';
import { DomainManager } from './changes/domain-manager.js';
import { GrantManager } from './changes/grant-manager.js';
import { IdentityChanges } from './changes/identity-changes.js';
import { ProjectManager } from './changes/project-manager.js';
import { RoleManager } from './changes/role-manager.js';
import { UserManager } from './changes/user-manager.js';
import { IdentityChangesEndpoint } from './identity-changes.endpoint.js';
import { IdentityDirectory } from './identity-directory.js';
import { IdentityEndpoint } from './identity.endpoint.js';
import { sweepIdentity } from './revocations.js';
import { TokenRevoker } from './token-revoker.js';

const SWEEP_INTERVAL_MS = 600_000;

/** The topic identity. */
@Module({
  controllers: [IdentityEndpoint, IdentityChangesEndpoint],
  providers: [
    {
      provide: IdentityDirectory,
      inject: [Store, Authorizer],
      useFactory: (store: Store, authorizer: Authorizer): IdentityDirectory => new IdentityDirectory(store, authorizer),
    },
    {
      provide: TokenRevoker,
      inject: [WorkerResources],
      useFactory: ({ store, outbox, transport, config }: WorkerResources): TokenRevoker =>
        new TokenRevoker(store, outbox, transport, () => config.get(IdentityOptions).tokenExpiration),
    },
    {
      provide: IdentityChanges,
      inject: [Store, Authorizer, TokenRevoker],
      useFactory: (store: Store, authorizer: Authorizer, revoker: TokenRevoker): IdentityChanges =>
        new IdentityChanges(store, authorizer, revoker),
    },
    ...[DomainManager, ProjectManager, UserManager, RoleManager, GrantManager].map((Manager) => ({
      provide: Manager,
      inject: [IdentityChanges],
      useFactory: (changes: IdentityChanges): object => new Manager(changes),
    })),
  ],
})
export class IdentityModule implements OnApplicationBootstrap {
  constructor(private readonly shared: WorkerResources) {}

  /** The first user is there before the first message is served. */
  async onApplicationBootstrap(): Promise<void> {
    const { store, config, tasks } = this.shared;
    await bootstrapIdentity(store, config.get(IdentityOptions));
    tasks.add({ name: 'sweep identity', intervalMs: SWEEP_INTERVAL_MS, run: () => sweepIdentity(store) });
  }
}
