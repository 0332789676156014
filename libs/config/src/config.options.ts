import { BoolOpt, DurationOpt, OptionGroup, StrOpt } from './internal/decorators.js';

@OptionGroup('config', { help: 'How the configuration itself is treated.' })
export class ConfigOptions {
  @StrOpt({
    default: 'error',
    choices: ['error', 'warn'],
    help: 'How an unknown option is treated: as an error, or with a warning in the log.',
  })
  readonly unknownOptions!: 'error' | 'warn';

  @BoolOpt({ default: false, help: 'Read the configuration again when one of its files changes.' })
  readonly watch!: boolean;

  @DurationOpt({ default: 0.5, help: 'Seconds without a further change of a file before it is read.' })
  readonly watchDelay!: number;
}
