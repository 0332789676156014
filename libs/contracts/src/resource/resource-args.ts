import { IsInt, IsOptional, IsString, MaxLength, Min, ValidateBy } from 'class-validator';
import { Since } from '#libs/messaging';
import type { TypeToken } from '#libs/messaging';
import { IdArgs } from '../objects/list-args.js';
import { fieldsOf } from './field.js';
import { inputChecker } from './input.js';
import type { InputOf } from './input.js';
import type { ActionOptions, Declaration } from './resource.js';

/** All or nothing: one entry for a plain create, several for a bulk one; the key is the resource's plural. */
export type ResourceCreateArgs<R extends object> = Readonly<Record<string, readonly InputOf<R>[]>>;

/** One resource: its id, and that of the resource that it lies below. */
export class ResourceArgs extends IdArgs {
  @Since('1.1') @IsOptional() @IsString() @MaxLength(255) readonly parent_id?: string;
}

/** One resource that is to change or to go. */
export class ResourceTarget extends ResourceArgs {
  /** From `If-Match`: another number in the row is RevisionNumberConstraintFailed. */
  @IsOptional() @IsInt() @Min(0) readonly expected_revision?: number;
}

/** What changes; the key is the resource's singular, or `body` in an action's. */
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
 * A create whose arguments are the fields side by side (`{ name, vcpus, … }`), without those that are made here. Needed
 * are those with `required` or a `default`, which the sender fills in.
 */
export type FieldArgs<R extends object, Optional extends keyof R, Made extends keyof R = never> = {
  readonly [K in Exclude<keyof R, Optional | Made>]: R[K];
} & { readonly [K in Optional]?: R[K] };

/** The class of such arguments, whose checks are class-validator's own: `fieldArgs(declaration, type<CreateArgs>())`. */
export function fieldArgs<A extends object>(declaration: Declaration, _args: TypeToken<A>): new () => A {
  class CreateArgs {}
  for (const { field, type, post, computed, required, default: instead } of declaration.fields) {
    if (post === undefined || computed) continue;
    const checks = type.checks ?? [];
    for (const check of checks) check(CreateArgs.prototype, field);
    if (!(required || instead !== undefined)) IsOptional()(CreateArgs.prototype, field);
  }
  // The properties that were just declared.
  return CreateArgs as new () => A;
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
