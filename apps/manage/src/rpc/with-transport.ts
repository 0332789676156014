import type { Command } from 'commander';
import { MessagingOptions, StartError, upgradeLevels } from '#libs/options';
import type { Configuration } from '#libs/config';
import { MessagingError, openConfiguredTransport } from '#libs/messaging';
import type { Transport } from '#libs/messaging';
import { createContext } from '#libs/telemetry';
import type { RequestContext } from '#libs/telemetry';
import { runWithConfiguration } from '../global-options.js';

export interface Bus {
  readonly transport: Transport;
  readonly config: Configuration;
  /** `--exchange`, or control_exchange. */
  readonly exchange: string;
}

/** Runs a command with a transport to the configured broker; an error is one line with the error's code, and exit 1. */
export async function runWithTransport(command: Command, work: (bus: Bus) => Promise<number>): Promise<void> {
  await runWithConfiguration(command, async (config) => {
    const url = config.get(MessagingOptions).transportUrl;
    if (url === undefined || url.startsWith('memory:')) {
      throw new StartError(
        '[DEFAULT] transport_url: expected rabbit://…, found none; "albireo-manage rpc" needs a broker',
      );
    }
    let transport: Transport | undefined;
    try {
      transport = await openConfiguredTransport(config, 'albireo-manage', {
        observer: {},
        upgradeLevels: upgradeLevels(config),
      });
      const { exchange = transport.settings.controlExchange } = command.optsWithGlobals<{ exchange?: string }>();
      return await work({ transport, config, exchange });
    } catch (error) {
      if (error instanceof MessagingError) throw new StartError(`rpc: ${error.code}: ${error.message}`);
      throw error;
    } finally {
      await transport?.stop();
    }
  });
}

export const print = (lines: readonly string[]): void =>
  void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

/** The context of the operator: an administrator without a project, under the program's name. */
export function operator(): RequestContext {
  return createContext({ user_id: 'albireo-manage', is_admin: true, roles: ['admin'] });
}
