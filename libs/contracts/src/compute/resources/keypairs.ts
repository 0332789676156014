import { type } from '#libs/messaging';
import { orNull } from '../../resource/field-type.js';
import { Field, once, readOnly } from '../../resource/field.js';
import type { DataOf } from '../../resource/input.js';
import { fieldArgs } from '../../resource/resource-args.js';
import type { FieldArgs } from '../../resource/resource-args.js';
import { Resource, declarationOf } from '../../resource/resource.js';
import { from, madeText, madeTime, novaOneOf, novaText, novaWhole } from './nova-types.js';

const detail = ['detail'];

/** nova's key pair of a user; its name is used in paths. */
@Resource({
  api: 'compute',
  singular: 'keypair',
  plural: 'keypairs',
  path: 'os-keypairs',
  notFound: { code: 'KeypairNotFound', text: 'Keypair %s not found' },
  changes: [{ version: '1.1', contract: '1.1', adds: ['number'] }],
})
export class Keypair {
  /** nova's id of the row. */
  @Field(novaWhole(0), { ...readOnly, name: 'id', views: detail }) readonly number!: number;
  @Field(novaText({ least: 1, most: 255 }), { ...once, required: true }) readonly name!: string;
  /** Owner; a user other than the caller only if the policy permits it. */
  @Field(novaText({ most: 255 }), {
    post: from(10, novaText({ least: 1, most: 255 })),
    put: false,
    views: ['created', 'detail'],
  })
  readonly user_id!: string;
  @Field(novaOneOf(['ssh', 'x509']), { ...once, default: 'ssh', since: 2 }) readonly type!: 'ssh' | 'x509';
  /** A create without one generates a pair, and its response contains the private key once. */
  @Field(novaText({ most: 16_384 }), { post: novaText({ least: 1, most: 16_384 }), put: false })
  readonly public_key!: string;
  @Field(madeText, readOnly) readonly fingerprint!: string;
  @Field(madeTime, { ...readOnly, views: detail }) readonly created_at!: string;
  /** Only in the response to a create that generated the pair; not stored. */
  @Field(orNull(madeText), { ...readOnly, computed: true, visible: 'given', views: ['created'] })
  readonly private_key!: string | null;
}
export type KeypairData = DataOf<Keypair>;

export type KeypairCreateArgs = FieldArgs<
  Keypair,
  'user_id' | 'public_key',
  'number' | 'fingerprint' | 'created_at' | 'private_key'
>;
export const KeypairCreateArgs = fieldArgs(declarationOf(Keypair), type<KeypairCreateArgs>());
