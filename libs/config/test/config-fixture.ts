import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, formatFault } from '../src/internal/errors.js';
import type { ForeignOptions } from '../src/internal/unknown-options.js';
import type { LoadInput } from '../src/load-configuration.js';
import { loadConfiguration } from '../src/load-configuration.js';
import {
  BoolOpt,
  DictOpt,
  DurationOpt,
  FloatOpt,
  HostAddressOpt,
  IntOpt,
  IpOpt,
  ListOpt,
  MultiStrOpt,
  OptionGroup,
  PortOpt,
  StrOpt,
  UriOpt,
} from '../src/internal/decorators.js';
import { integerType } from '../src/internal/types/number-type.js';

@OptionGroup('DEFAULT', { help: 'Options of the tests.' })
export class PlainOptions {
  @StrOpt({ default: 'plain', mutable: true, cli: true, help: 'A string.' })
  readonly text!: string;

  @StrOpt({ choices: ['red', 'green'], default: 'red', help: 'A choice.' })
  readonly colour!: string;

  @StrOpt({ secret: true, help: 'A secret.' })
  readonly password!: string | undefined;

  @BoolOpt({ default: false, cli: true, short: 'v', mutable: true, help: 'A switch.' })
  readonly verbose!: boolean;

  @IntOpt({ min: 1, max: 100, help: 'A number that may be unset.' })
  readonly workers!: number | undefined;

  @IntOpt({ default: 7, mutable: true, deprecatedOpts: [{ name: 'old_count' }], cli: true, help: 'A number.' })
  readonly count!: number;

  @StrOpt({ default: '$text/data', help: 'A default that names another option.' })
  readonly place!: string;
}

@OptionGroup('typed', { help: 'One option of each type.' })
export class TypedOptions {
  @FloatOpt({ default: 0.5, min: 0, max: 4.5, help: 'A float.' })
  readonly ratio!: number;

  @PortOpt({ default: 80, help: 'A port.' })
  readonly port!: number;

  @ListOpt({ default: ['a', 'b'], help: 'A list.' })
  readonly names!: readonly string[];

  @ListOpt({ default: [1, 2], itemType: integerType({ max: 10 }), bounds: true, help: 'A list in brackets.' })
  readonly numbers!: readonly number[];

  @DictOpt({ default: { k: 'v' }, help: 'A dict.' })
  readonly map!: Readonly<Record<string, string>>;

  @IpOpt({ default: '127.0.0.1', help: 'An address.' })
  readonly address!: string;

  @HostAddressOpt({ default: 'localhost', help: 'A host.' })
  readonly host!: string;

  @UriOpt({ help: 'A URI.' })
  readonly uri!: string | undefined;

  @MultiStrOpt({ default: [], help: 'A repeated key.' })
  readonly lines!: readonly string[];

  @DurationOpt({ default: 1.5, help: 'Seconds.' })
  readonly wait!: number;

  @StrOpt({ regex: /^[a-z]+$/, maxLength: 4, help: 'A pattern and a length.' })
  readonly word!: string | undefined;
}

/** A test's replacement for the environment of a program. */
export interface Surroundings {
  readonly foreign?: ForeignOptions;
  /** Name to text; each is given with --config-file, in this order. */
  readonly files?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly groups?: LoadInput['groups'];
}

/** Runs `body` with a directory that contains the files, and the input that names them. */
export function withSources<T>(surroundings: Surroundings, body: (input: LoadInput, directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'albireo-config-'));
  try {
    const names = Object.entries(surroundings.files ?? {}).map(([name, text]) => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    });
    const input: LoadInput = {
      program: 'albireo-test',
      project: 'albireo',
      ...(surroundings.foreign && { foreign: surroundings.foreign }),
      version: '1.2.3',
      argv: [...names.flatMap((name) => ['--config-file', name]), ...(surroundings.argv ?? [])],
      env: surroundings.env ?? {},
      groups: surroundings.groups ?? [PlainOptions, TypedOptions],
      searchPath: [directory],
    };
    return body(input, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The faults of a load as lines, without the directory of the test; none when it succeeds. */
export function faultsOf(surroundings: Surroundings): readonly string[] {
  return withSources(surroundings, (input, directory) => {
    try {
      loadConfiguration(input);
    } catch (error) {
      assert.ok(error instanceof ConfigurationError);
      return error.faults.map((fault) => formatFault(fault).replaceAll(`${directory}/`, ''));
    }
    return [];
  });
}
