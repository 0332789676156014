import { getLogger } from './logger.js';

/**
 * Nest's own messages in our log, as its `logger` (the form of `LoggerService` in @nestjs/common): what it tells while it
 * starts is of no use to an operator unless it warns.
 */
export class NestLogger {
  readonly #log: ReturnType<typeof getLogger>;

  /** @param name of the logger, as `albireo.worker.nest` */
  constructor(name: string) {
    this.#log = getLogger(name);
  }

  log(message: unknown): void {
    this.#log.debug(String(message));
  }

  debug(message: unknown): void {
    this.#log.debug(String(message));
  }

  verbose(message: unknown): void {
    this.#log.debug(String(message));
  }

  warn(message: unknown): void {
    this.#log.warning(String(message));
  }

  error(message: unknown): void {
    this.#log.error(String(message));
  }
}
