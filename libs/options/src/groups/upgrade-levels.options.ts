import { OptionGroup, StrOpt } from '#libs/config';
import type { Configuration, OptionValue } from '#libs/config';

const cap = (service: string): string =>
  `Highest version of the ${service} interface that is sent, as 1.0; "auto": the lowest that a running server speaks, ` +
  'so that old and new ones may run side by side.';

function checkLevel(value: OptionValue): string | undefined {
  if (typeof value === 'string' && /^(auto|\d+\.\d+)$/.test(value)) return undefined;
  return 'expected a version as 1.0, or auto';
}

@OptionGroup('upgrade_levels', { help: 'Versions of the interfaces on the bus during an upgrade.' })
export class UpgradeLevelOptions {
  @StrOpt({ default: 'auto', mutable: true, check: checkLevel, help: cap('compute') })
  readonly compute!: string;

  @StrOpt({ default: 'auto', mutable: true, check: checkLevel, help: cap('conductor') })
  readonly conductor!: string;

  @StrOpt({ default: 'auto', mutable: true, check: checkLevel, help: cap('scheduler') })
  readonly scheduler!: string;

  @StrOpt({ default: 'auto', mutable: true, check: checkLevel, help: cap('network') })
  readonly network!: string;

  @StrOpt({ default: 'auto', mutable: true, check: checkLevel, help: cap('identity') })
  readonly identity!: string;

  @StrOpt({ default: 'auto', mutable: true, check: checkLevel, help: cap('image') })
  readonly image!: string;
}

/** The level of each topic, read at each call; for `openConfiguredTransport`. */
export function upgradeLevels(config: Configuration): Readonly<Record<string, string>> {
  const options = config.get(UpgradeLevelOptions);
  return {
    // Fanouts to the gateways, for which nova has no option.
    gateway: 'auto',
    get compute() {
      return options.compute;
    },
    get conductor() {
      return options.conductor;
    },
    get scheduler() {
      return options.scheduler;
    },
    get network() {
      return options.network;
    },
    get identity() {
      return options.identity;
    },
    get image() {
      return options.image;
    },
  };
}
