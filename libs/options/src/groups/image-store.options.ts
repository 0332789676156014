import { BoolOpt, DictOpt, IntOpt, ListOpt, OptionGroup, StrOpt, groupNamed, normalizeGroup } from '#libs/config';
import type { OptionGroupClass, OptionValue } from '#libs/config';

/**
 * The supported kinds of stores, and those of glance that are not supported: a glance file may name them next to a
 * supported one.
 */
const storeKinds = ['file', 's3', 'http'] as const;
const passedOver = ['rbd', 'swift', 'cinder', 'vmware'] as const;
export type ImageStoreKind = (typeof storeKinds)[number];

/** The settings of one store (glance_store's drivers): in `[glance_store]`, or in the group of its name. */
export class ImageStoreSettings {
  @StrOpt({
    sampleDefault: '<state_path>/images',
    help: 'Directory of the store file. With ephemeral: one below the directory for temporary files, gone at the end.',
  })
  readonly filesystemStoreDatadir?: string;

  @StrOpt({
    sampleDefault: '<none>',
    help: 'Where the S3 server listens: https://host, https://host:port or the same with http; http where it has no scheme.',
  })
  readonly s3StoreHost?: string;

  @StrOpt({
    sampleDefault: '<that of an Amazon host, else us-east-1>',
    help: 'Region that requests to the S3 server are signed for.',
  })
  readonly s3StoreRegionName?: string;

  @StrOpt({ secret: true, sampleDefault: '<none>', help: 'Access key of the store s3; required with it.' })
  readonly s3StoreAccessKey?: string;

  @StrOpt({ secret: true, sampleDefault: '<none>', help: 'Secret key of the store s3; required with it.' })
  readonly s3StoreSecretKey?: string;

  @StrOpt({ sampleDefault: '<none>', help: 'Bucket of the images; required with the store s3.' })
  readonly s3StoreBucket?: string;

  @BoolOpt({ default: false, help: 'Whether a bucket that is missing is made with the first image.' })
  readonly s3StoreCreateBucketOnPut!: boolean;

  @StrOpt({
    choices: ['auto', 'virtual', 'path'],
    default: 'auto',
    help: 'How a bucket is named: in the host (virtual) or in the path; auto: in the host of Amazon, else in the path.',
  })
  readonly s3StoreBucketUrlFormat!: 'auto' | 'virtual' | 'path';

  @IntOpt({
    default: 10,
    min: 5,
    max: 1024,
    help:
      'MiB of a part. What is not larger is sent at once, all else in parts, which grow with every thousand, since S3 ' +
      'takes 10,000 of them.',
  })
  readonly s3StoreLargeObjectChunkSize!: number;

  @IntOpt({
    default: 2,
    min: 1,
    max: 64,
    help: 'Parts of an image that are sent at the same time. Each is held in memory, and one more.',
  })
  readonly s3StoreThreadPools!: number;

  @StrOpt({
    sampleDefault: '<those of the system>',
    help: "File with the authorities that sign the S3 server's certificate, as PEM.",
  })
  readonly s3StoreCacert?: string;

  @StrOpt({
    sampleDefault: '<those of the system>',
    help: 'File with the authorities that sign certificates of the hosts of a store http, as PEM.',
  })
  readonly httpsCaCertificatesFile?: string;

  @BoolOpt({ default: false, help: 'Whether a store http accepts any certificate.' })
  readonly httpsInsecure!: boolean;
}

@OptionGroup('glance_store', { help: 'Where the data of images lies; gateways and workers need the same.' })
export class GlanceStoreOptions extends ImageStoreSettings {
  @ListOpt({
    choices: [...storeKinds, ...passedOver],
    default: ['file'],
    contains: ['file', 's3'],
    help:
      'Stores, where enabled_backends names none: file (a directory that every gateway and worker has under the same ' +
      'path), s3 (a bucket; passed over without s3_store_host), http (what lies elsewhere, for locations; nothing is ' +
      'written to it). The other stores of glance are passed over.',
  })
  readonly stores!: readonly (ImageStoreKind | (typeof passedOver)[number])[];

  @StrOpt({
    choices: ['file', 's3'],
    sampleDefault: '<the first of stores>',
    help: 'Store of images that ask for none, where enabled_backends names none.',
  })
  readonly defaultStore?: string;

  @StrOpt({
    sampleDefault: '<the first of enabled_backends that can be written>',
    help: 'Store of enabled_backends for images that ask for none.',
  })
  readonly defaultBackend?: string;
}

/** The group of a store that `enabled_backends` names. */
@OptionGroup('backend_defaults', { help: 'One of enabled_backends.' })
class ImageBackendOptions extends ImageStoreSettings {
  @StrOpt({ sampleDefault: '<none>', help: 'A description of the store, for people.' })
  readonly storeDescription?: string;

  @IntOpt({ default: 0, help: 'An image that is in several stores is read from the one with the largest weight.' })
  readonly weight!: number;
}

/** The options of a store that `enabled_backends` names. */
export function imageBackendOptions(name: string): OptionGroupClass<ImageBackendOptions> {
  return groupNamed(ImageBackendOptions, normalizeGroup(name));
}

@OptionGroup('DEFAULT', { help: 'The Image API.' })
export class ImageServiceOptions {
  @DictOpt({
    default: {},
    check: refuseBackends,
    help:
      'Named stores: name:kind, the kind is file, s3 or http; several may be of one kind. Each has a group of its name ' +
      'with the options that [glance_store] has for its kind, and store_description and weight; of a store file, ' +
      'filesystem_store_datadir is <state_path>/images-<name> unless given. The other kinds of glance are passed over. ' +
      'With a kind that is here, [glance_store] stores is not used.',
  })
  readonly enabledBackends!: Readonly<Record<string, string>>;

  @BoolOpt({
    default: false,
    help:
      'Whether images show where their data lies, and a patch may change that (with a store http): who may see it is said ' +
      'by the rule get_image_location, who may set it by set_image_location.',
  })
  readonly showMultipleLocations!: boolean;

  @BoolOpt({ default: false, help: 'Whether images show the location that is read first as direct_url.' })
  readonly showImageDirectUrl!: boolean;

  @BoolOpt({
    default: true,
    half: 'rpc',
    help:
      'Whether the data of an added location is read once to compute its digests; otherwise those of the request are ' +
      'stored.',
  })
  readonly doSecureHash!: boolean;
}

/** Where data waits for its import, if not in the default store. */
@OptionGroup('os_glance_staging_store', { help: 'Where staged data of images waits for its import.' })
export class StagingStoreOptions {
  @StrOpt({
    sampleDefault: '<the default store>',
    help: 'Directory, which every gateway and worker has under the same path.',
  })
  readonly filesystemStoreDatadir?: string;
}

/** The supported stores of `enabled_backends`, by name. */
export function imageBackends(
  backends: Readonly<Record<string, string>>,
): readonly (readonly [string, ImageStoreKind])[] {
  return Object.entries(backends).flatMap(([name, text]) => {
    const kind = storeKinds.find((known) => known === text);
    return kind === undefined ? [] : [[name, kind] as const];
  });
}

/** Groups that do not belong to a store. */
const TAKEN = new Set(['DEFAULT', 'default', 'glance_store']);

function refuseBackends(value: OptionValue): string | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  for (const [name, kind] of Object.entries(value)) {
    if (TAKEN.has(name)) return `expected names of stores other than ${name}`;
    if (name.startsWith('os_glance_')) return 'expected names of stores that do not begin with os_glance_';
    const known: readonly unknown[] = [...storeKinds, ...passedOver];
    if (!known.includes(kind)) return `expected kinds of stores: ${[...storeKinds, ...passedOver].join(', ')}`;
  }
  return undefined;
}

/** The groups that the text of `enabled_backends` names, even if the text has faults. */
export function imageBackendGroups(
  textOf: (group: string, name: string) => string | undefined,
): readonly OptionGroupClass[] {
  const names = (textOf('DEFAULT', 'enabled_backends') ?? '')
    .split(',')
    .map((pair) => pair.split(':', 2).map((part) => part.trim()))
    .filter(([name = '', kind]) => name !== '' && !TAKEN.has(name) && storeKinds.some((known) => known === kind))
    .map(([name = '']) => normalizeGroup(name));
  return [...new Set(names)].map(imageBackendOptions);
}
