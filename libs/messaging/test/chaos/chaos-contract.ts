import 'reflect-metadata';
import { IsString } from 'class-validator';
import { call, cast, defineContract } from '../../src/contract/contract.js';

class TokenArgs {
  @IsString()
  token!: string;
}

/** A read, a change and a cast; each returns or records the given token. */
export const chaosContract = defineContract({
  topic: 'chaos',
  namespace: 'albireo',
  version: '1.0',
  methods: {
    read: call<TokenArgs, string>({ args: TokenArgs, idempotent: true }),
    change: call<TokenArgs, string>({ args: TokenArgs }),
    note: cast({ args: TokenArgs }),
  },
});

/** The messages from the processes of a chaos run to the parent, which acts as the database. */
export type ChaosMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'claim'; readonly id: number; readonly uniqueId: string; readonly leaseMs: number }
  | { readonly kind: 'effect'; readonly id: number; readonly uniqueId: string; readonly token: string }
  | { readonly kind: 'fail'; readonly id: number; readonly uniqueId: string; readonly token: string }
  | { readonly kind: 'cast'; readonly uniqueId: string; readonly confirmed: boolean }
  | {
      readonly kind: 'report';
      readonly answered: number;
      readonly failed: Readonly<Record<string, number>>;
      readonly wrong: number;
      readonly overdue: number;
      readonly open: number;
      readonly heapBytes: number;
      readonly replyQueue: string;
    };
