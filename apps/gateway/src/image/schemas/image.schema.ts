import { imageFields } from '#libs/contracts';

/** A JSON schema, limited to the parts that these documents use. */
export type Schema = Readonly<Record<string, unknown>>;

const UUID = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';

/** The descriptions of fields for users. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  id: 'An identifier for the image',
  name: 'Descriptive name for the image',
  status: 'Status of the image',
  visibility: 'Scope of image accessibility',
  protected: 'If true, image will not be deletable.',
  os_hidden: 'If true, image will not appear in default image list response.',
  checksum: 'md5 hash of image contents.',
  os_hash_algo: 'Algorithm to calculate the os_hash_value',
  os_hash_value: 'Hexdigest of the image contents',
  owner: 'Owner of the image',
  size: 'Size of image file in bytes',
  virtual_size: 'Virtual size of image in bytes',
  container_format: 'Format of the container',
  disk_format: 'Format of the disk',
  created_at: 'Date and time of image registration',
  updated_at: 'Date and time of the last image modification',
  tags: 'List of strings related to the image',
  direct_url: 'URL to access the image file kept in external store',
  min_ram: 'Amount of ram (in MB) required to boot image.',
  min_disk: 'Amount of disk space (in GB) required to boot image.',
  self: 'An image self url',
  file: 'An image file url',
  stores: 'Stores in which the image data resides, separated by commas.',
  schema: 'An image schema url',
};

const own = (description: string, more: Schema = {}): Schema => ({
  type: 'string',
  ...more,
  is_base: false,
  description,
});
const idOrNull = (description: string): Schema => own(description, { type: ['null', 'string'], pattern: UUID });

/** Properties with names known to clients (glance's schema-image.json). */
const PROPERTIES: Readonly<Record<string, Schema>> = {
  kernel_id: idOrNull('ID of the image that is the kernel of an AMI-style image.'),
  ramdisk_id: idOrNull('ID of the image that is the ramdisk of an AMI-style image.'),
  instance_uuid: own('Metadata which can be used to record which instance this image is associated with.'),
  architecture: own('Operating system architecture.'),
  os_distro: own('Common name of the operating system distribution.'),
  os_version: own('Operating system version as specified by the distributor.'),
  description: own('A human-readable string describing this image.'),
};

/** Declared fields and the well-known properties; any other property of an image is a text. */
export const imageSchema: Schema = {
  name: 'image',
  properties: {
    ...Object.fromEntries(
      imageFields.map(({ name, type, post, put }) => [
        name,
        {
          ...type.schema,
          description: DESCRIPTIONS[name] ?? '',
          ...(post === undefined && put === undefined ? { readOnly: true } : {}),
        },
      ]),
    ),
    ...PROPERTIES,
  },
  additionalProperties: { type: 'string' },
  links: [
    { rel: 'self', href: '{self}' },
    { rel: 'enclosure', href: '{file}' },
    { rel: 'describedby', href: '{schema}' },
  ],
};
