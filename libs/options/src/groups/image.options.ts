import { BoolOpt, DurationOpt, IntOpt, ListOpt, MultiDictOpt, OptionGroup } from '#libs/config';

@OptionGroup('image', { help: 'The Image API.', half: 'rpc' })
export class ImageOptions {
  @BoolOpt({
    default: false,
    deprecatedOpts: [{ group: 'DEFAULT', name: 'use_keystone_limits' }],
    help:
      'Whether the limits of images are those that are registered with the Identity API for the service of the type ' +
      'image; a resource that is not registered there has none to give.',
  })
  readonly useKeystoneLimits!: boolean;

  @MultiDictOpt({
    separator: '=',
    default: [
      { name: 'cirros', disk_format: 'qcow2', min_disk: '1', min_ram: '64', size: '21430272', os_distro: 'cirros' },
      {
        name: 'debian-12',
        disk_format: 'qcow2',
        min_disk: '2',
        min_ram: '512',
        size: '444596224',
        os_distro: 'debian',
      },
      {
        name: 'ubuntu-24.04',
        disk_format: 'qcow2',
        min_disk: '4',
        min_ram: '512',
        size: '625611264',
        os_distro: 'ubuntu',
      },
    ],
    help:
      'An image of the listing: name (needed), id, disk_format, container_format, min_disk (GiB), min_ram (MiB), size ' +
      '(bytes), visibility, checksum; other keys are properties of the image. One line for each image; setting one ' +
      'replaces the defaults.',
  })
  readonly images!: readonly Readonly<Record<string, string>>[];

  @IntOpt({ default: 1_099_511_627_776, min: 1, mutable: true, help: 'Maximum size of an image, in bytes.' })
  readonly imageSizeCap!: number;

  @IntOpt({ default: 128, min: -1, mutable: true, help: 'Properties of an image; -1 for no limit.' })
  readonly imagePropertyQuota!: number;

  @IntOpt({ default: 128, min: -1, mutable: true, help: 'Tags of an image; -1 for no limit.' })
  readonly imageTagQuota!: number;

  @IntOpt({ default: 128, min: -1, mutable: true, help: 'Projects that an image is shared with; -1 for no limit.' })
  readonly imageMemberQuota!: number;

  @IntOpt({ default: -1, min: -1, mutable: true, help: 'Images of a project; -1 for no limit.' })
  readonly imageCountTotal!: number;

  @IntOpt({
    default: -1,
    min: -1,
    mutable: true,
    help: 'Images of a project whose data is on its way; -1 for no limit.',
  })
  readonly imageCountUploading!: number;

  @IntOpt({ default: -1, min: -1, mutable: true, help: 'MiB of all images of a project; -1 for no limit.' })
  readonly imageSizeTotal!: number;

  @IntOpt({ default: -1, min: -1, mutable: true, help: 'MiB that a project has staged for imports; -1 for no limit.' })
  readonly imageStageTotal!: number;

  @BoolOpt({
    default: true,
    half: 'both',
    help: 'Refuse data whose signature is that of another format than the disk_format of the image.',
  })
  readonly requireImageFormatMatch!: boolean;

  @DurationOpt({
    default: 120,
    min: 1,
    help: 'Seconds that a gateway which writes an image may be silent before its upload counts as broken.',
  })
  readonly uploadLease!: number;

  @DurationOpt({
    default: 30,
    min: 0.1,
    help: 'Seconds between two looks for broken uploads and for data that no image has any more.',
  })
  readonly dataSweepInterval!: number;

  @DurationOpt({
    default: 60,
    min: 1,
    half: 'api',
    help: 'Seconds without a byte after which an upload or download is given up. There is no limit on the whole of it.',
  })
  readonly dataIdleTimeout!: number;
}

@OptionGroup('import_filtering_opts', {
  help: 'From where the import method web-download, and a store http, take images.',
})
export class ImportFilteringOptions {
  @ListOpt({ default: ['http', 'https'], help: 'Schemes of URLs; empty: all but disallowed_schemes.' })
  readonly allowedSchemes!: readonly string[];

  @ListOpt({ default: [], help: 'Schemes that are refused, where allowed_schemes is empty.' })
  readonly disallowedSchemes!: readonly string[];

  @ListOpt({
    default: [],
    help:
      'Hosts that may be asked, and no others. Only a host of this list may have an internal address: without one, ' +
      'loopback, private, link-local and other addresses that are not public are refused, also after a redirect.',
  })
  readonly allowedHosts!: readonly string[];

  @ListOpt({ default: [], help: 'Hosts that are refused, where allowed_hosts is empty.' })
  readonly disallowedHosts!: readonly string[];

  @ListOpt({ default: ['80', '443'], help: 'Ports of URLs that name one; empty: all but disallowed_ports.' })
  readonly allowedPorts!: readonly string[];

  @ListOpt({ default: [], help: 'Ports that are refused, where allowed_ports is empty.' })
  readonly disallowedPorts!: readonly string[];
}
