import 'reflect-metadata';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { call, cast, defineContract, type } from '../src/contract/contract.js';
import { Nested } from '../src/contract/declared-instance.js';

export class EchoArgs {
  @IsString()
  @MaxLength(2_000_000)
  text!: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100)
  number?: number;
}

export class Inner {
  @IsInt()
  size!: number;
}

export class NestedArgs {
  @ValidateNested()
  @Nested(() => Inner)
  inner!: Inner;
}

export class WaitArgs {
  @IsInt()
  ms!: number;
}

export class NoteArgs {
  @IsString()
  note!: string;
}

/** The contract of the tests: one method for each kind of behaviour. */
export const starsContract = defineContract({
  topic: 'stars',
  namespace: 'albireo',
  version: '1.3',
  methods: {
    echo: call({ args: EchoArgs, result: type<{ text: string; number?: number }>(), idempotent: true }),
    nested: call({ args: NestedArgs, result: type<number>(), idempotent: true }),
    change: call<WaitArgs, string>({ args: WaitArgs }),
    wait: call<WaitArgs, string>({ args: WaitArgs, idempotent: true }),
    fail: call<NoteArgs, never>({ args: NoteArgs, idempotent: true }),
    broken: call<NoteArgs, unknown>({ args: NoteArgs, idempotent: true }),
    who: call<string>({ args: null, idempotent: true }),
    whoami: call<string | null>({ args: null, idempotent: true }),
    note: cast({ args: NoteArgs }),
  },
});
export type StarsContract = typeof starsContract;
