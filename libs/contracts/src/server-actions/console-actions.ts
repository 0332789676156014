import { IsIn } from 'class-validator';
import { CONSOLE_PROTOCOLS, CONSOLE_TYPES } from '../compute/console.objects.js';
import type { ConsoleProtocol, ConsoleType } from '../compute/console.objects.js';
import { actions } from './action.js';

export class VncConsoleBody {
  @IsIn(['novnc', 'xvpvnc']) type!: ConsoleType;
}

export class SpiceConsoleBody {
  @IsIn(['spice-html5']) type!: ConsoleType;
}

export class SerialConsoleBody {
  @IsIn(['serial']) type!: ConsoleType;
}

export class RemoteConsoleBody {
  @IsIn(CONSOLE_PROTOCOLS) protocol!: ConsoleProtocol;
  @IsIn(CONSOLE_TYPES) type!: ConsoleType;
}

const console = {
  rule: 'os_compute_api:os-remote-consoles',
  allowed: 'member',
  description: 'Open a console of a server',
  tasks: 'any',
  evenLocked: true,
  needsHost: true,
  status: 200,
  answer: 'console',
} as const;

/** Consoles: a URL with a token (nova.api.openstack.compute.remote_consoles). */
export const consoleActions = actions({
  get_vnc_console: { ...console, key: 'os-getVNCConsole', until: 5, body: VncConsoleBody },
  get_spice_console: { ...console, key: 'os-getSPICEConsole', until: 5, body: SpiceConsoleBody },
  get_serial_console: { ...console, key: 'os-getSerialConsole', until: 5, body: SerialConsoleBody },
  create_remote_console: {
    ...console,
    key: 'remote_console',
    operation: 'POST /servers/{server_id}/remote-consoles',
    since: 6,
    body: RemoteConsoleBody,
  },
});
