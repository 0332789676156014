import type { OptionDeclaration } from '../declaration.js';
import { UsageError } from '../errors.js';
import type { OptionTable } from '../option-table.js';
import { nearestName } from '../suggestion.js';
import type { Setting } from './setting.js';
import { SettingsLayer } from './setting.js';

/** The parsed command line. */
export interface CommandLine {
  readonly configFiles: readonly string[];
  readonly configDirs: readonly string[];
  readonly requireConfig: boolean;
  readonly help: boolean;
  readonly version: boolean;
  readonly layer: SettingsLayer;
}

/** Flags that each program has in addition to its options. */
export const commonFlags = {
  configFile: '--config-file',
  configDir: '--config-dir',
  requireConfig: '--require-config',
  help: '--help',
  version: '--version',
} as const;

/** The flag of an option: `--max-limit`, `--api-max-limit` outside of DEFAULT, or the one that the option declares. */
export function flagOf(option: OptionDeclaration): string {
  if (option.flag !== undefined) return `--${option.flag}`;
  const name = option.name.replaceAll('_', '-');
  return option.group === 'DEFAULT' ? `--${name}` : `--${option.group.replaceAll('_', '-')}-${name}`;
}

interface Flag {
  readonly option: OptionDeclaration;
  /** The value of the flag without an argument; undefined when a value follows. */
  readonly implies?: string;
}

function flagsOf(table: OptionTable): Map<string, Flag> {
  const flags = new Map<string, Flag>();
  for (const option of table.options) {
    if (option.cli !== true) continue;
    const flag = flagOf(option);
    const isSwitch = option.type.name === 'boolean';
    flags.set(flag, { option, ...(isSwitch && { implies: 'true' }) });
    if (option.short !== undefined) flags.set(`-${option.short}`, { option, ...(isSwitch && { implies: 'true' }) });
    if (isSwitch) {
      // oslo.config's own spelling, `--nodebug`, and the usual one.
      flags.set(flag.replace('--', '--no'), { option, implies: 'false' });
      flags.set(flag.replace('--', '--no-'), { option, implies: 'false' });
    }
  }
  return flags;
}

/** Parses the arguments of a program; throws `UsageError` for unknown ones. */
export function parseCommandLine(argv: readonly string[], table: OptionTable): CommandLine {
  const flags = flagsOf(table);
  const configFiles: string[] = [];
  const configDirs: string[] = [];
  const seen = new Set<string>();
  const settings: Setting[] = [];
  const fail = (message: string): never => {
    throw new UsageError(message);
  };

  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? '';
    const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
    const written = equals < 0 ? argument : argument.slice(0, equals);
    const flag = written.startsWith('--') ? written.replaceAll('_', '-') : written;
    const inline = equals < 0 ? undefined : argument.slice(equals + 1);
    const takeValue = (): string => {
      if (inline !== undefined) return inline;
      at += 1;
      return argv[at] ?? fail(`${flag} expects a value`);
    };
    const takePath = (): string => takeValue() || fail(`${flag} expects a path`);

    if (flag === commonFlags.configFile) configFiles.push(takePath());
    else if (flag === commonFlags.configDir) configDirs.push(takePath());
    else if (flag === commonFlags.requireConfig || flag === commonFlags.version) seen.add(flag);
    else if (flag === commonFlags.help || flag === '-h') seen.add(commonFlags.help);
    else {
      const known = flags.get(flag);
      if (known === undefined) {
        const near = nearestName(flag, [...flags.keys(), ...Object.values(commonFlags)]);
        const hint = near === undefined ? '' : `, did you mean ${near}?`;
        return fail(`unrecognized arguments: ${argument.startsWith('-') ? flag : argument}${hint}`);
      }
      if (known.implies !== undefined && inline !== undefined) fail(`${flag} takes no value`);
      const { group, name } = known.option;
      const text = known.implies ?? takeValue();
      settings.push({ group, name, text, location: { kind: 'command_line', flag } });
    }
  }
  return {
    configFiles,
    configDirs,
    requireConfig: seen.has(commonFlags.requireConfig),
    help: seen.has(commonFlags.help),
    version: seen.has(commonFlags.version),
    layer: new SettingsLayer('command_line', 'command line', settings),
  };
}
