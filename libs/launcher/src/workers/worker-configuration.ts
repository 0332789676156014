import { formatChange, formatFault } from '#libs/config';
import type { Configuration, ConfigurationState, OptionChange, OptionValue } from '#libs/config';
import { getLogger } from '#libs/telemetry';

const log = getLogger('albireo.launcher');

/**
 * The configuration that workers get. After a reload with `restart_method = reload` new workers also get the changed
 * values of options that cannot change in place, while the parent itself keeps its own (its sockets, its counts).
 */
export class WorkerConfiguration {
  readonly #config: Configuration;
  #forNewWorkers: readonly OptionChange[] = [];

  constructor(config: Configuration) {
    this.#config = config;
  }

  /** Includes secrets: only for the channel to a worker. */
  state(): ConfigurationState {
    const state = this.#config.exportState();
    if (this.#forNewWorkers.length === 0) return state;
    const values: Record<string, Record<string, OptionValue>> = {};
    for (const [group, options] of Object.entries(state.values)) values[group] = { ...options };
    for (const { option, newValue } of this.#forNewWorkers) {
      const group = (values[option.group] ??= {});
      if (newValue === undefined) delete group[option.name];
      else group[option.name] = newValue;
    }
    return { ...state, values };
  }

  /**
   * Reads the sources again. False when they are not valid: then nothing has changed, and the log contains the reason.
   */
  readAgain(restartMethod: 'mutate' | 'reload'): boolean {
    const { faults, changes, ignored, warnings, hookErrors } = this.#config.reload();
    for (const fault of faults) log.error(`Not reloaded: ${formatFault(fault)}`);
    if (faults.length > 0) return false;
    for (const warning of warnings) log.warning(warning);
    for (const change of changes) log.info(`Option changed: ${formatChange(change)}`);
    for (const error of hookErrors) log.exception(error, 'A changed option could not be taken over everywhere');
    if (restartMethod === 'reload') {
      for (const change of ignored) log.info(`Option changed for new workers: ${formatChange(change)}`);
      this.#forNewWorkers = ignored;
      return true;
    }
    for (const { option } of ignored) {
      log.warning(`Ignoring change to immutable option ${option.group}.${option.name}`);
    }
    return true;
  }
}
