import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { getLogger } from '#libs/telemetry';
import type { Store, Transaction } from '../store/index.js';
import { seedCatalog } from './catalog.js';
import { DEFAULT_DOMAIN, DEFAULT_ROLES, ROLE_IMPLICATIONS } from './held-roles.js';
import { hashPassword } from './password-hash.js';

const log = getLogger('albireo.identity');

/** The first user; see `[identity]`. */
export interface BootstrapSettings {
  /** @default 'admin' */
  readonly adminUsername?: string;
  /** Undefined: the user is created without a password, until a later start sets one. */
  readonly adminPassword?: string | undefined;
  /** @default 'admin' */
  readonly adminProjectName?: string;
  /** @default 'admin' */
  readonly adminRoleName?: string;
  /** Whether the default roles that are created here are immutable. @default true */
  readonly immutableRoles?: boolean;
}

/**
 * Puts the default domain, the default roles and the first user into the database. Several workers may do it at once,
 * and every start does it: existing rows stay as they are, including a password that was changed.
 *
 * @param region of the cloud's own endpoints
 */
export async function bootstrapIdentity(
  store: Store,
  settings: BootstrapSettings = {},
  region = 'RegionOne',
): Promise<void> {
  const username = settings.adminUsername ?? 'admin';
  const existing = await findUser(store.db, username);
  const needsPassword = existing === undefined || existing.password_hash === null;
  const { adminPassword } = settings;
  // Hashing is slow on purpose: it runs outside of the lock, and only for a user without a password.
  const hash = needsPassword && adminPassword !== undefined ? await hashPassword(adminPassword) : null;
  if (needsPassword && hash === null) {
    log.warning(`User ${username} has no password and cannot log in: set [identity] admin_password.`);
  }
  await store.transaction(
    async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('identity:bootstrap', 0))`.execute(tx);
      await insertDomain(tx);
      const roles = [...new Set([...DEFAULT_ROLES, settings.adminRoleName ?? 'admin'])];
      await insertRoles(tx, roles, settings.immutableRoles ?? true);
      const projectId = await insertProject(tx, settings.adminProjectName ?? 'admin');
      const userId = await insertUser(tx, username, projectId, hash);
      await seedCatalog(tx, region);
      await assignRole(tx, userId, settings.adminRoleName ?? 'admin', projectId);
    },
    { name: 'identity-bootstrap' },
  );
}

function findUser(db: Store['db'], name: string): Promise<{ password_hash: string | null } | undefined> {
  return db
    .selectFrom('users')
    .select('password_hash')
    .where('domain_id', '=', DEFAULT_DOMAIN.id)
    .where('name', '=', name)
    .executeTakeFirst();
}

async function insertDomain(tx: Transaction): Promise<void> {
  await tx
    .insertInto('domains')
    .values({ ...DEFAULT_DOMAIN, description: 'The default domain' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function insertRoles(tx: Transaction, names: readonly string[], immutable: boolean): Promise<void> {
  const options = immutable ? JSON.stringify({ immutable }) : '{}';
  await tx
    .insertInto('roles')
    // As keystone's bootstrap creates them; an existing one keeps an administrator's changes.
    .values(names.map((name) => ({ id: newId(), name, domain_id: null, options })))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  for (const [prior, implied] of ROLE_IMPLICATIONS) {
    await sql`
      insert into implied_roles (prior_role_id, implied_role_id)
      select p.id, i.id from roles p, roles i where p.name = ${prior} and i.name = ${implied}
      on conflict do nothing`.execute(tx);
  }
}

async function insertProject(tx: Transaction, name: string): Promise<string> {
  await tx
    .insertInto('projects')
    .values({ id: newId(), name, domain_id: DEFAULT_DOMAIN.id, description: 'The first project' })
    .onConflict((conflict) => conflict.columns(['domain_id', 'name']).doNothing())
    .execute();
  const project = await tx
    .selectFrom('projects')
    .select('id')
    .where('domain_id', '=', DEFAULT_DOMAIN.id)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return project.id;
}

async function insertUser(tx: Transaction, name: string, projectId: string, hash: string | null): Promise<string> {
  const user = {
    id: newId(),
    name,
    domain_id: DEFAULT_DOMAIN.id,
    password_hash: hash,
    default_project_id: projectId,
    email: null,
  };
  const stored = await tx
    .insertInto('users')
    .values(user)
    .onConflict((conflict) =>
      conflict
        .columns(['domain_id', 'name'])
        .doUpdateSet({ password_hash: sql`coalesce(users.password_hash, excluded.password_hash)` }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return stored.id;
}

/** On the project, and on the whole system, as keystone's bootstrap does. */
async function assignRole(tx: Transaction, userId: string, roleName: string, projectId: string): Promise<void> {
  const role = await tx.selectFrom('roles').select('id').where('name', '=', roleName).executeTakeFirstOrThrow();
  const assignment = { role_id: role.id, user_id: userId, domain_id: null };
  await tx
    .insertInto('role_assignments')
    .values([
      { ...assignment, id: newId(), project_id: projectId, system: null },
      { ...assignment, id: newId(), project_id: null, system: 'all' },
    ])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** keystone's form: a UUID without dashes. */
function newId(): string {
  return randomUUID().replaceAll('-', '');
}
