import { getLogger } from './logger.js';

/**
 * Writes Nest's own messages to this product's log, as Nest's `logger` (the form of `LoggerService` in @nestjs/common).
 * Its messages during the start are of no use to an operator unless they are warnings.
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
