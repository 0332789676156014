import { BoolOpt, HostAddressOpt, IntOpt, OptionGroup, PortOpt, StrOpt } from '#libs/config';
import type { OptionValue } from '#libs/config';

const LEAST_TOKEN_LENGTH = 16;

function checkToken(value: OptionValue): string | undefined {
  if (typeof value === 'string' && value.length >= LEAST_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(value)) return undefined;
  return `expected at least ${LEAST_TOKEN_LENGTH} visible characters of ASCII`;
}

@OptionGroup('control', {
  help:
    'The control port of a cloud for tests: snapshots, faults, seeds, the clock. Whoever has its token can do ' +
    'anything to the cloud. For messages and state inside one process (albireo, albireo-server) only.',
})
export class ControlOptions {
  @BoolOpt({ default: false, help: 'Open the control port. `albireo start` opens it unless told otherwise.' })
  readonly enabled!: boolean;

  @HostAddressOpt({ default: '127.0.0.1', help: 'Address on which the control port listens.' })
  readonly listen!: string;

  @PortOpt({ default: 8795, help: 'The control port; 0 for a free one.' })
  readonly port!: number;

  @StrOpt({ secret: true, check: checkToken, help: 'What callers send as bearer token. Required with enabled.' })
  readonly token!: string | undefined;

  @BoolOpt({
    default: false,
    help:
      'Take snapshots, and put them back, where APIs and workers are processes of their own: `albireo-manage ' +
      'snapshot`. The same for all of them. Whoever can send on the bus can replace the whole state then: for tests ' +
      'only. Needs compute_driver = fake.',
  })
  readonly snapshots!: boolean;

  @StrOpt({
    help: 'A YAML file of what a cloud without servers and networks begins with, or devstack for the usual names.',
  })
  readonly seed!: string | undefined;
}

@OptionGroup('ui', { help: 'A page to look at the cloud, on the health port.' })
export class UiOptions {
  @BoolOpt({
    default: false,
    help:
      'Serve /ui on the health port: resources, topology, and with a control port events, faults and snapshots. It ' +
      'asks for a log-in of the cloud itself. `albireo start` sets it.',
  })
  readonly enabled!: boolean;
}

@OptionGroup('faults', { help: 'Faults on demand, for tests of clients.' })
export class FaultOptions {
  @BoolOpt({
    default: false,
    help: 'Let faults happen, as rules say. `albireo start` sets it. Off, rules are refused and nothing is looked up.',
  })
  readonly enabled!: boolean;

  @StrOpt({ help: 'A YAML file of rules that hold from the start.' })
  readonly file!: string | undefined;

  @IntOpt({ default: 1, min: 0, help: 'Seed of the random choices of rules with a probability.' })
  readonly seed!: number;
}
