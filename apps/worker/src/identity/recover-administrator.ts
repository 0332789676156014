import { revocationSubject } from '#libs/contracts';
import type { Store } from '../store/index.js';
import { bootstrapIdentity } from './bootstrap-identity.js';
import type { BootstrapSettings } from './bootstrap-identity.js';
import { DEFAULT_DOMAIN } from './held-roles.js';
import { hashPassword, verifyPassword } from './password-hash.js';
import { storeRules } from './revocations.js';

export interface RecoverySettings extends BootstrapSettings {
  readonly adminUsername: string;
  readonly adminPassword: string;
  /** The region of the cloud's own endpoints. */
  readonly region: string;
  /** The lifetime of a token in seconds: older tokens of the user are refused for that long. */
  readonly tokenSeconds: number;
}

/** Which parts had to be repaired. */
export interface Recovery {
  readonly created: boolean;
  readonly password: boolean;
  readonly enabled: boolean;
}

/**
 * Restores the first user to the settings, as keystone's bootstrap does: creates it if it does not exist, sets the
 * given password, enables and unlocks it, and grants the role on the project and the system. A new password revokes the
 * user's tokens. Parts that are already right are left unchanged, so a repeated call changes nothing.
 */
export async function recoverAdministrator(store: Store, settings: RecoverySettings): Promise<Recovery> {
  const { adminUsername, adminPassword, tokenSeconds } = settings;
  const before = await findAdministrator(store, adminUsername);
  await bootstrapIdentity(store, settings, settings.region);
  const user = before ?? (await findAdministrator(store, adminUsername));
  if (user === undefined) throw new TypeError(`bootstrap: user ${adminUsername} is not there after it was made`);
  // A user without a password has just received this one.
  const password = before !== undefined && !(await verifyPassword(adminPassword, user.password_hash));
  const enabled = !user.enabled;
  // Slow on purpose, so outside of the transaction.
  const hash = password && user.password_hash !== null ? await hashPassword(adminPassword) : undefined;
  await store.transaction(
    async (tx) => {
      await tx
        .updateTable('users')
        .set({
          enabled: true,
          failed_auth_count: 0,
          failed_auth_at: null,
          ...(hash === undefined ? {} : { password_hash: hash }),
        })
        .where('id', '=', user.id)
        .execute();
      if (password) await storeRules(tx, [revocationSubject.user(user.id)], tokenSeconds);
    },
    { name: 'recover-administrator' },
  );
  return { created: before === undefined, password, enabled };
}

function findAdministrator(
  store: Store,
  name: string,
): Promise<{ id: string; password_hash: string | null; enabled: boolean } | undefined> {
  return store.db
    .selectFrom('users')
    .select(['id', 'password_hash', 'enabled'])
    .where('domain_id', '=', DEFAULT_DOMAIN.id)
    .where('name', '=', name)
    .executeTakeFirst();
}
