import { randomUUID } from 'node:crypto';
import { ExpectedError } from '#libs/contracts';
import type { OptionedKind, ResourceOptions } from '#libs/contracts';
import type { RequestContext } from '#libs/telemetry';
import { sqlState, violatedUnique } from '../../store/index.js';
import type { Queries, Store, Transaction } from '../../store/index.js';
import { getAllowed, getOne } from '../identity-kinds.js';
import type { IdentityKindName, IdentityKinds } from '../identity-kinds.js';
import type { IdentityPolicy } from '../identity-policy.js';
import type { TokenRevoker } from '../revocations.js';

interface Optioned {
  readonly id: string;
  readonly options?: ResourceOptions;
}

/**
 * keystone's rule (`common.resource_options.options.immutable`): an immutable object cannot be changed, except that the
 * option itself may be set to false or null, alone. Error PolicyNotAuthorized.
 */
export function requireMutable(kind: OptionedKind, row: Optioned, change: Pick<Partial<Optioned>, 'options'>): void {
  if (!isImmutable(row)) return;
  const fields = Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const { options } = change;
  const asked = options !== undefined && 'immutable' in options ? options['immutable'] : true;
  if (fields.length === 1 && fields[0] === 'options' && (asked === false || asked === null)) return;
  throw refusal('update', kind, row.id);
}

/** Error PolicyNotAuthorized. */
export function requireDeletable(kind: OptionedKind, row: Optioned): void {
  if (isImmutable(row)) throw refusal('delete', kind, row.id);
}

function isImmutable({ options }: Optioned): boolean {
  return options?.['immutable'] === true;
}

function refusal(action: 'update' | 'delete', kind: OptionedKind, id: string): ExpectedError {
  // keystone's own text, including the missing quotation mark.
  const text = `Unable to ${action} immutable ${kind} resource: \`${id}. Set resource option "immutable" to false first.`;
  return new ExpectedError('PolicyNotAuthorized', text, { id });
}

/** The named values after a change: values of the change override, and null removes one. */
export function merged(
  before: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}

/** Common parts of directory changes: the policy check against the loaded row, one transaction, revocations. */
export class IdentityChanges {
  constructor(
    readonly store: Store,
    private readonly policy: IdentityPolicy,
    private readonly revoker: TokenRevoker,
  ) {}

  /** Throws PolicyNotAuthorized with keystone's text; `target` is nested (`{ user: { domain_id } }`). */
  authorize(ctx: RequestContext, action: string, target: Readonly<Record<string, unknown>>): void {
    this.policy.authorize(ctx, action, target);
  }

  /** The current row. Throws the kind's NotFound. */
  get<K extends IdentityKindName>(db: Queries, kind: K, id: string): Promise<IdentityKinds[K]> {
    return getOne(db, kind, id);
  }

  /** The row, if the policy allows the caller this action on it; see `getAllowed`. */
  getFor<K extends IdentityKindName>(
    ctx: RequestContext,
    db: Queries,
    kind: K,
    change: { readonly id: string; readonly action: 'update' | 'delete' },
  ): Promise<IdentityKinds[K]> {
    return getAllowed(this.policy, ctx, db, { kind, ...change });
  }

  /** Runs a change in one transaction; a name that is in use is Conflict with keystone's text. */
  async run<T>(what: ChangedObject, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.store.transaction(work, { name: `identity-${what.kind}` });
    } catch (error) {
      if (violatedUnique(error) !== null) throw conflict(what);
      // A referenced object was deleted meanwhile: a domain or project that the row names.
      if (sqlState(error) === '23503') {
        const text = `Conflict occurred attempting to store ${what.kind}: what it names has gone.`;
        throw new ExpectedError('Conflict', text);
      }
      throw error;
    }
  }

  revoke(tx: Transaction, ctx: RequestContext, subjects: readonly string[]): Promise<void> {
    return this.revoker.revokeIssued(tx, ctx, subjects);
  }
}

/** The object being stored, with the fields that errors mention. */
export interface ChangedObject {
  readonly kind: IdentityKindName;
  readonly name: string;
  readonly id?: string;
  readonly domainId?: string | null | undefined;
}

/** keystone's text for a name that is in use; the one for projects differs. */
export function conflict({ kind, name, id, domainId }: ChangedObject): ExpectedError {
  const details = {
    domain: `it is not permitted to have two projects acting as domains with the same name: ${name}`,
    project:
      'it is not permitted to have two projects with either the same name or same id in the same domain: ' +
      `name is ${name}, project id ${id}`,
    user: `Duplicate entry found with name ${name}${domainId == null ? '' : ` at domain ID ${domainId}`}`,
    role: `Duplicate entry found with name ${name}`,
  };
  const shown = kind === 'domain' ? 'project' : kind;
  return new ExpectedError('Conflict', `Conflict occurred attempting to store ${shown} - ${details[kind]}.`, { name });
}

/** A field that a change may contain but not modify. Error InvalidInput. */
export function requireSame(message: string, before: unknown, asked: unknown): void {
  if (asked !== undefined && asked !== before) throw new ExpectedError('InvalidInput', message);
}

/** Columns of each kind beyond its own fields. */
interface Resource {
  readonly options?: ResourceOptions;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The size of keystone's column for attributes that it does not know. */
const MOST_EXTRA_BYTES = 65_535;

/** The columns of a new row. Error InvalidInput for unknown attributes that are too large. */
export function resourceColumns({ options, extra }: Resource): { readonly options: string; readonly extra: string } {
  return { options: JSON.stringify(merged({}, options ?? {})), extra: extraText(extra ?? {}) };
}

/** The changed columns; absent ones are left unchanged. Error InvalidInput as above. */
export function storedResource(before: Resource, { options, extra }: Resource): { options?: string; extra?: string } {
  return {
    ...(options === undefined ? {} : { options: JSON.stringify(merged(before.options ?? {}, options)) }),
    ...(extra === undefined ? {} : { extra: extraText({ ...before.extra, ...extra }) }),
  };
}

/** The fields of a domain or a project that change in the same way. */
interface Place extends Resource {
  readonly name?: string;
  readonly description?: string | null;
  readonly enabled?: boolean;
  readonly tags?: readonly string[];
}

/** The columns of a domain or a project that a change contains. Error InvalidInput as above. */
export function storedPlace(before: Resource, fields: Place): Readonly<Record<string, unknown>> {
  const { name, description, enabled, tags } = fields;
  return {
    name,
    description: description === null ? '' : description,
    enabled,
    tags: tags === undefined ? undefined : JSON.stringify(tags),
    ...storedResource(before, fields),
  };
}

function extraText(extra: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(extra);
  if (Buffer.byteLength(text) <= MOST_EXTRA_BYTES) return text;
  throw new ExpectedError(
    'InvalidInput',
    `The attributes beyond the known ones have more than ${MOST_EXTRA_BYTES} bytes.`,
  );
}

/** keystone's form: a UUID without dashes. */
export function newIdentityId(): string {
  return randomUUID().replaceAll('-', '');
}
