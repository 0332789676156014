import { unwatchFile, watchFile } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReportOptions } from '../options.js';
import type { Configuration } from '#libs/config';
import { getLogger } from '#libs/telemetry';

const log = getLogger('albireo.launcher');

/**
 * Writes the state report on SIGUSR2, or when the file `[oslo_reports] file_event_handler` changes (which replaces the
 * signal, as in oslo.reports); to stderr or to a separate file in `[oslo_reports] log_dir`.
 */
export class Reporter {
  readonly #program: string;
  readonly #options: ReportOptions;
  readonly #make: () => Promise<string>;
  #watched: string | undefined;

  constructor(config: Configuration, make: () => Promise<string>) {
    this.#program = config.program;
    this.#options = config.get(ReportOptions);
    this.#make = make;
  }

  start(): void {
    const { fileEventHandler, fileEventHandlerInterval } = this.#options;
    if (fileEventHandler === undefined) return;
    this.#watched = fileEventHandler;
    watchFile(fileEventHandler, { interval: fileEventHandlerInterval * 1000 }, (now, before) => {
      if (now.mtimeMs !== before.mtimeMs) void this.write();
    });
  }

  stop(): void {
    if (this.#watched !== undefined) unwatchFile(this.#watched);
    this.#watched = undefined;
  }

  onSignal(): void {
    if (this.#watched === undefined) void this.write();
    else log.info('SIGUSR2 does nothing while [oslo_reports] file_event_handler is set');
  }

  /** A report that fails never stops the program. */
  async write(): Promise<void> {
    try {
      const text = await this.#make();
      const { logDir } = this.#options;
      if (logDir === undefined) {
        process.stderr.write(text);
        return;
      }
      const stamp = new Date().toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
      const file = join(logDir, `${this.#program}_gurumeditation_${stamp}`);
      await writeFile(file, text, { mode: 0o640 });
      log.info(`State report written to ${file}`);
    } catch (error) {
      log.exception(error, 'Could not write the state report');
    }
  }
}
