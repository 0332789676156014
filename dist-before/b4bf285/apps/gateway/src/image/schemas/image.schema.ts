/** A JSON schema, as much of it as these documents use. */
export type Schema = Readonly<Record<string, unknown>>;

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const textOrNull = (description: string, more: Schema = {}): Schema => ({
  type: ['null', 'string'],
  description,
  ...more,
});
const shown: Schema = { readOnly: true };
const UUID = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';
const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'];
const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'];

/** Fields of an image. Everything is read only as long as images come from the configuration. */
const imageProperties: Schema = {
  id: text('An identifier for the image', { pattern: UUID }),
  name: textOrNull('Descriptive name for the image', { maxLength: 255 }),
  status: text('Status of the image', { ...shown, enum: ['active'] }),
  visibility: text('Scope of image accessibility', { enum: ['community', 'public', 'private', 'shared'] }),
  protected: { type: 'boolean', description: 'If true, image will not be deletable.' },
  os_hidden: { type: 'boolean', description: 'If true, image will not appear in default image list response.' },
  checksum: textOrNull('md5 hash of image contents.', { ...shown, maxLength: 32 }),
  os_hash_algo: textOrNull('Algorithm to calculate the os_hash_value', { ...shown, maxLength: 64 }),
  os_hash_value: textOrNull('Hexdigest of the image contents', { ...shown, maxLength: 128 }),
  owner: textOrNull('Owner of the image', { maxLength: 255 }),
  size: { type: ['null', 'integer'], description: 'Size of image file in bytes', ...shown },
  virtual_size: { type: ['null', 'integer'], description: 'Virtual size of image in bytes', ...shown },
  container_format: textOrNull('Format of the container', { enum: [null, ...CONTAINER_FORMATS] }),
  disk_format: textOrNull('Format of the disk', { enum: [null, ...DISK_FORMATS] }),
  created_at: text('Date and time of image registration', shown),
  updated_at: text('Date and time of the last image modification', shown),
  tags: {
    type: 'array',
    description: 'List of strings related to the image',
    items: { type: 'string', maxLength: 255 },
  },
  min_ram: { type: 'integer', description: 'Amount of ram (in MB) required to boot image.' },
  min_disk: { type: 'integer', description: 'Amount of disk space (in GB) required to boot image.' },
  self: text('An image self url', shown),
  file: text('An image file url', shown),
  schema: text('An image schema url', shown),
};

export const imageSchema: Schema = {
  name: 'image',
  properties: imageProperties,
  additionalProperties: { type: 'string' },
  links: [
    { rel: 'self', href: '{self}' },
    { rel: 'enclosure', href: '{file}' },
    { rel: 'describedby', href: '{schema}' },
  ],
};
