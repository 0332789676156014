import { DurationOpt, IntOpt, OptionGroup, StrOpt } from '#libs/config';
import type { OptionValue } from '#libs/config';

function checkPattern(value: OptionValue): string | undefined {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') ? undefined : 'expected a regular expression';
  } catch {
    return 'expected a regular expression';
  }
}

@OptionGroup('fake', { help: 'The driver that keeps servers in the database only.', half: 'rpc' })
export class FakeDriverOptions {
  @DurationOpt({ default: 0, mutable: true, help: 'Seconds that the start of a new server takes.' })
  readonly spawnDelay!: number;

  @DurationOpt({ default: 0, mutable: true, help: 'Seconds that switching on takes.' })
  readonly powerOnDelay!: number;

  @DurationOpt({ default: 0, mutable: true, help: 'Seconds that switching off takes.' })
  readonly powerOffDelay!: number;

  @DurationOpt({
    default: 1,
    mutable: true,
    help: 'Seconds that a reboot takes. With 0, a client that polls may never see the status REBOOT.',
  })
  readonly rebootDelay!: number;

  @DurationOpt({
    default: 1,
    mutable: true,
    help: 'Seconds that a rebuild takes at least. With 0, a client that polls may never see the status REBUILD.',
  })
  readonly rebuildDelay!: number;

  @DurationOpt({
    default: 1,
    mutable: true,
    help: 'Seconds that the change of a password takes. With 0, a client that polls may never see the status PASSWORD.',
  })
  readonly changePasswordDelay!: number;

  @DurationOpt({ default: 0, mutable: true, help: 'Seconds that the removal of a server takes.' })
  readonly destroyDelay!: number;

  @DurationOpt({
    default: 0,
    mutable: true,
    help: 'Seconds that a live migration takes; meanwhile it can be aborted, or made to complete.',
  })
  readonly liveMigrationDelay!: number;

  @StrOpt({
    mutable: true,
    check: checkPattern,
    help: 'Servers whose name matches this regular expression fail to start. For tests of failures. Unset: none.',
  })
  readonly failSpawnPattern!: string | undefined;

  @IntOpt({
    default: 1,
    min: 1,
    max: 200,
    help: 'Compute hosts that every worker acts for: the first has the name of [DEFAULT] host, the others -2, -3 … behind it.',
  })
  readonly hosts!: number;

  @IntOpt({ default: 1000, min: 1, help: 'CPUs of the host.' })
  readonly vcpus!: number;

  @IntOpt({ default: 800000, min: 1, help: 'Memory of the host, in MiB.' })
  readonly memoryMb!: number;

  @IntOpt({ default: 600000, min: 1, help: 'Disk of the host, in GiB.' })
  readonly localGb!: number;
}
