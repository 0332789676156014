import { BoolOpt, DurationOpt, OptionGroup, StrOpt } from '../internal/decorators.js';

@OptionGroup('config', { help: 'How the configuration itself is treated.' })
export class ConfigOptions {
  @StrOpt({
    default: 'error',
    choices: ['error', 'warn'],
    help: 'What an option that nobody knows is: an error, or a warning in the log.',
  })
  readonly unknownOptions!: 'error' | 'warn';

  @BoolOpt({ default: false, help: 'Read the configuration anew when one of its files changes.' })
  readonly watch!: boolean;

  @DurationOpt({ default: 0.5, help: 'Seconds of quiet after a change of a file before it is read.' })
  readonly watchDelay!: number;
}
