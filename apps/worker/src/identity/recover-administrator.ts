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
  /** Of the cloud's own endpoints. */
  readonly region: string;
  /** Seconds for which a token is good: older ones of the user are refused for as long. */
  readonly tokenSeconds: number;
}

/** What was not as the settings say. */
export interface Recovery {
  readonly created: boolean;
  readonly password: boolean;
  readonly enabled: boolean;
}

/**
 * Brings the first user to what the settings say, as keystone's bootstrap does: made if it is not there, with the given
 * password, enabled and not locked, with the role on the project and the system. A new password makes the tokens of the user
 * invalid. What is right already stays untouched: repeating it changes nothing.
 */
export async function recoverAdministrator(store: Store, settings: RecoverySettings): Promise<Recovery> {
  const { adminUsername, adminPassword, tokenSeconds } = settings;
  const before = await findAdministrator(store, adminUsername);
  await bootstrapIdentity(store, settings, settings.region);
  const user = before ?? (await findAdministrator(store, adminUsername));
  if (user === undefined) throw new TypeError(`bootstrap: user ${adminUsername} is not there after it was made`);
  // A user without a password has just got this one.
  const password = before !== undefined && !(await verifyPassword(adminPassword, user.password_hash));
  const enabled = !user.enabled;
  // Slow on purpose: not within the transaction.
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
