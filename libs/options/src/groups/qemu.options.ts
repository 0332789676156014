import { BoolOpt, DictOpt, DurationOpt, IntOpt, IpOpt, OptionGroup, StrOpt } from '#libs/config';
import type { OptionValue } from '#libs/config';

export const qemuAccelerators = ['auto', 'kvm', 'hvf', 'tcg'] as const;
export type QemuAccelerator = (typeof qemuAccelerators)[number];

export const qemuNetworks = ['auto', 'user', 'rootless', 'host'] as const;
export type QemuNetwork = (typeof qemuNetworks)[number];

@OptionGroup('qemu', { help: 'The driver whose servers are virtual machines of QEMU on this host.', half: 'rpc' })
export class QemuOptions {
  @StrOpt({
    default: 'auto',
    choices: qemuAccelerators,
    help:
      'What runs the guests. auto tries the accelerators of the machine at the start, a few seconds at most, and takes ' +
      'tcg (software, some ten times slower) where none works.',
  })
  readonly accelerator!: QemuAccelerator;

  @StrOpt({
    half: 'both',
    default: 'auto',
    choices: qemuNetworks,
    help:
      'How guests are joined to their networks: user (QEMU by itself, no rights needed, each guest alone), rootless (the ' +
      'networks of the Network API, in a user namespace) or host (the same, as root). auto takes the last of these that ' +
      'works, and says why.',
  })
  readonly network!: QemuNetwork;

  @BoolOpt({
    default: false,
    help:
      'With network = user: guests may open connections to the outside. They then reach the services on the loopback ' +
      'address of this machine, too.',
  })
  readonly userNetworkOutbound!: boolean;

  @StrOpt({ default: 'qemu-system-x86_64', help: 'The emulator: a program of the PATH, or an absolute path.' })
  readonly emulator!: string;

  @StrOpt({
    half: 'both',
    default: 'qemu-img',
    help: 'The program that makes disks: of the PATH, or an absolute path.',
  })
  readonly imageTool!: string;

  @BoolOpt({ default: true, help: 'Run QEMU with its system call filter (-sandbox on).' })
  readonly sandbox!: boolean;

  @IntOpt({ default: 64, min: 8, max: 1024, help: "Size of a guest's cache of translated code with tcg, in MiB." })
  readonly tcgCacheSize!: number;

  @DurationOpt({ default: 30, min: 1, help: 'Seconds that QEMU may take until it answers.' })
  readonly startTimeout!: number;

  @DurationOpt({
    default: 120,
    mutable: true,
    help: 'Seconds that a soft reboot waits for the guest to shut down before it becomes a hard one.',
  })
  readonly waitSoftRebootSeconds!: number;

  @IntOpt({
    default: 1024,
    min: 64,
    mutable: true,
    help: 'Console output that is kept of a guest, in KiB.',
  })
  readonly consoleLogSize!: number;
}

@OptionGroup('linux_bridge', { help: 'Where the networks of QEMU guests leave this machine.', half: 'rpc' })
export class UplinkOptions {
  @DictOpt({
    default: {},
    check: bridgeFault,
    help:
      'Bridges of this machine by physical networks: flat and vlan networks of public (provider:physical_network) are on ' +
      'br-ex with public:br-ex. Needs [qemu] network = host.',
  })
  readonly bridgeMappings!: Readonly<Record<string, string>>;
}

@OptionGroup('vxlan', { help: 'How the networks of QEMU guests reach those of other hosts.', half: 'rpc' })
export class VxlanOptions {
  @IpOpt({
    help:
      'Address of this machine by which it sends to other hosts, and they to it (UDP 4789): networks of the type vxlan are ' +
      'one network on all hosts that have it. Unset: the networks of this host are its own. Needs [qemu] network = host.',
  })
  readonly localIp!: string | undefined;
}

@OptionGroup('DEFAULT', { help: 'Guests on a compute host.', half: 'rpc' })
export class GuestOptions {
  @StrOpt({
    half: 'both',
    default: '$state_path/instances',
    help: 'Directory of the guests, with a folder for each, and of the cache of images. Not shared between hosts.',
  })
  readonly instancesPath!: string;

  @DurationOpt({
    default: 60,
    mutable: true,
    help: 'Seconds that a guest may take to shut down when it is stopped; then it is switched off.',
  })
  readonly shutdownTimeout!: number;

  @BoolOpt({
    default: false,
    help: 'Start the guests that ran when the host itself was rebooted. Without it their servers become SHUTOFF.',
  })
  readonly resumeGuestsStateOnHostBoot!: boolean;

  @BoolOpt({
    default: false,
    mutable: true,
    help: 'Give every guest a config drive, also when the request did not ask for one.',
  })
  readonly forceConfigDrive!: boolean;

  @StrOpt({
    default: 'genisoimage',
    help: 'The program that writes config drives as ISO 9660; where it is missing they are FAT disks.',
  })
  readonly mkisofsCmd!: string;
}

function bridgeFault(value: OptionValue): string | undefined {
  if (typeof value !== 'object') return undefined;
  const isFine = Object.values(value).every((name) => typeof name === 'string' && /^[^\s/]{1,15}$/.test(name));
  return isFine ? undefined : 'expected names of bridges of this machine, of at most 15 characters';
}
