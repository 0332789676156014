import { MultiDictOpt, OptionGroup } from '../internal/decorators.js';

@OptionGroup('image', { help: 'The Image API.' })
export class ImageOptions {
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
}
