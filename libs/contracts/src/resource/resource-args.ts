import { IsInt, IsOptional, IsString, MaxLength, Min, ValidateBy } from 'class-validator';
import { OptionalSince, Since } from '#libs/messaging';
import type { TypeToken } from '#libs/messaging';
import { IdArgs } from '../objects/list-args.js';
import { fieldsOf } from './field.js';
import type { FieldDeclaration } from './field.js';
import { inputChecker } from './input.js';
import type { InputOf } from './input.js';
import type { ActionOptions, Declaration } from './resource.js';

/** All or nothing: one entry for a plain create, several for a bulk one; the key is the resource's plural. */
export type ResourceCreateArgs<R extends object> = Readonly<Record<string, readonly InputOf<R>[]>>;

/** One resource: its id, and that of its parent. */
export class ResourceArgs extends IdArgs {
  @Since('1.1') @IsOptional() @IsString() @MaxLength(255) readonly parent_id?: string;
}

/** One resource that is to be changed or deleted. */
export class ResourceTarget extends ResourceArgs {
  /** From `If-Match`: if the row has another number, the error is RevisionNumberConstraintFailed. */
  @IsOptional() @IsInt() @Min(0) readonly expected_revision?: number;
}

/** The changed fields; the key is the resource's singular, or `body` in an action's. */
export type ResourceUpdateArgs<R extends object, S extends string> = ResourceTarget & {
  readonly [K in S]: InputOf<R>;
};

const BULK_LIMIT = 1000;

function checked(key: string, prototype: object, refuse: (value: unknown) => string | undefined): void {
  ValidateBy({
    name: 'resource',
    validator: {
      validate: (value: unknown) => refuse(value) === undefined,
      defaultMessage: (found) => refuse(found?.value) ?? '',
    },
  })(prototype, key);
}

/** `{ networks: [{…}, …] }` */
export function createArgs<R extends object>(declaration: Declaration<R>): new () => ResourceCreateArgs<R> {
  class CreateArgs {}
  const refuse = inputChecker(declaration.fields, 'post');
  checked(declaration.plural, CreateArgs.prototype, (value) => {
    if (!Array.isArray(value) || value.length > BULK_LIMIT) return `must be a list of at most ${BULK_LIMIT}`;
    for (const [index, entry] of value.entries()) {
      const reason = refuse(entry);
      if (reason !== undefined) return `${index}: ${reason}`;
    }
    return undefined;
  });
  // The property that was just declared.
  return CreateArgs as new () => ResourceCreateArgs<R>;
}

/**
 * A create whose arguments are flat fields (`{ name, vcpus, … }`), without those that the worker generates. Fields with
 * `required` or a `default`, which the sender fills in, are required.
 */
export type FieldArgs<R extends object, Optional extends keyof R, Made extends keyof R = never> = {
  readonly [K in Exclude<keyof R, Optional | Made>]: R[K];
} & { readonly [K in Optional]?: R[K] };

/** Arguments that differ from the declaration. */
export interface ArgsOptions {
  /** Fields without a column that a create nevertheless sets. */
  readonly given?: readonly string[];
  /** Fields that a create needs although the API's request may omit them: the gateway fills them in. */
  readonly needed?: readonly string[];
  /** Version of the contract that added a field to these arguments, if the object had it before. */
  readonly since?: Readonly<Record<string, string>>;
  /** Version since which a field may be omitted. */
  readonly optionalSince?: Readonly<Record<string, string>>;
}

/** The class of such arguments, whose checks are class-validator's own: `fieldArgs(declaration, type<CreateArgs>())`. */
export function fieldArgs<A extends object>(
  declaration: Declaration,
  _args: TypeToken<A>,
  options: ArgsOptions = {},
): new () => A {
  class CreateArgs {}
  if (declaration.parent !== undefined) {
    for (const check of [IsString(), MaxLength(255)]) check(CreateArgs.prototype, declaration.parent.field);
  }
  // A field that the gateway fills in is known by its default; keystone's worker fills it in itself.
  const filled = declaration.api !== 'identity';
  for (const field of declaration.fields) {
    const { post, computed, required, default: instead } = field;
    if (post === undefined || (computed && options.given?.includes(field.field) !== true)) continue;
    const isNeeded = required || (filled && instead !== undefined) || options.needed?.includes(field.field) === true;
    declareArg(CreateArgs.prototype, declaration, { field: field.field, type: field.type }, isNeeded, options);
  }
  // The properties that were just declared.
  return CreateArgs as new () => A;
}

/** `{ id, name?, … }`: an update with flat fields; absent ones stay unchanged. */
export function fieldUpdateArgs<A extends IdArgs>(
  declaration: Declaration,
  _args: TypeToken<A>,
  options: ArgsOptions = {},
): new () => A {
  class UpdateArgs extends IdArgs {}
  for (const field of declaration.fields) {
    if (field.put === undefined || field.computed) continue;
    declareArg(UpdateArgs.prototype, declaration, { field: field.field, type: field.put }, false, options);
  }
  // The properties that were just declared.
  return UpdateArgs as new () => A;
}

function declareArg(
  prototype: object,
  declaration: Declaration,
  { field, type }: Pick<FieldDeclaration, 'field' | 'type'>,
  isNeeded: boolean,
  { since, optionalSince }: ArgsOptions,
): void {
  for (const check of type.checks ?? []) check(prototype, field);
  if (!isNeeded) IsOptional()(prototype, field);
  const brought = declaration.object.changes.find(({ adds = [], takes = [] }) => [...adds, ...takes].includes(field));
  const version = since?.[field] ?? (declaration.api === 'identity' ? brought?.contract : undefined);
  if (version !== undefined) Since(version)(prototype, field);
  const optional = optionalSince?.[field];
  if (optional !== undefined) OptionalSince(optional)(prototype, field);
}

/** `{ id, network: {…}, expected_revision? }` */
export function updateArgs<R extends object, S extends string>(
  declaration: Declaration<R>,
): new () => ResourceUpdateArgs<R, S> {
  class UpdateArgs extends ResourceTarget {}
  checked(declaration.singular, UpdateArgs.prototype, inputChecker(declaration.fields, 'put'));
  // The property that was just declared.
  return UpdateArgs as new () => ResourceUpdateArgs<R, S>;
}

/** `{ id, body?, expected_revision? }` */
export function actionArgs(action: ActionOptions): new () => ResourceActionArgs {
  class ActionArgs extends ResourceTarget {
    readonly body?: Readonly<Record<string, unknown>>;
  }
  if (action.body !== undefined) checked('body', ActionArgs.prototype, inputChecker(fieldsOf(action.body), 'put'));
  return ActionArgs;
}

export type ResourceActionArgs = ResourceTarget & { readonly body?: Readonly<Record<string, unknown>> };
