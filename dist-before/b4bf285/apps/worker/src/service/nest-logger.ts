import type { LoggerService } from '@nestjs/common';
import { getLogger } from '#libs/telemetry';

const log = getLogger('albireo.worker.nest');

/** Nest's own messages in our log: what it tells while it starts is of no use to an operator unless it warns. */
export class NestLogger implements LoggerService {
  log(message: unknown): void {
    log.debug(String(message));
  }

  debug(message: unknown): void {
    log.debug(String(message));
  }

  verbose(message: unknown): void {
    log.debug(String(message));
  }

  warn(message: unknown): void {
    log.warning(String(message));
  }

  error(message: unknown): void {
    log.error(String(message));
  }
}
