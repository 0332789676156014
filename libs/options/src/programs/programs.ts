import type { ProgramDefaults, ProgramDeclaration } from '#libs/config';
import { apiRequirements, brokerRequirements, signingKeys } from './requirements.js';

const gatewayDefaults: ProgramDefaults = { health: { port: 8790 } };
/** What has both halves in one process listens for this machine alone. */
const onOneMachine: ProgramDefaults = {
  DEFAULT: {
    transport_url: 'memory://',
    identity_listen: '127.0.0.1',
    osapi_compute_listen: '127.0.0.1',
    metadata_listen: '127.0.0.1',
    image_listen: '127.0.0.1',
    network_listen: '127.0.0.1',
    // With one host a resize has nowhere else to go.
    allow_resize_to_same_host: true,
  },
  health: { listen: '127.0.0.1', port: 8790 },
  vnc: { novncproxy_host: '127.0.0.1' },
  serial_console: { enabled: true, serialproxy_host: '127.0.0.1' },
  spice: { html5proxy_host: '127.0.0.1' },
};
const compute = () => ['osapi_compute'] as const;
const metadata = () => ['metadata'] as const;

/** Every program of the product: its main and the commands that explain a configuration read the same row. */
export const programs: readonly ProgramDeclaration[] = [
  {
    name: 'albireo-gateway',
    summary: 'The HTTP APIs of enabled_apis.',
    halves: ['api'],
    defaults: gatewayDefaults,
    required: [...brokerRequirements, ...apiRequirements(), signingKeys()],
  },
  {
    name: 'albireo-gateway-compute',
    summary: 'The Compute API alone.',
    halves: ['api'],
    defaults: gatewayDefaults,
    required: [...brokerRequirements, ...apiRequirements(compute), signingKeys(compute)],
  },
  {
    name: 'albireo-gateway-metadata',
    summary: 'The Metadata API alone.',
    halves: ['api'],
    defaults: gatewayDefaults,
    required: [...brokerRequirements, ...apiRequirements(metadata)],
  },
  {
    name: 'albireo-worker',
    summary: 'The RPC topics of enabled_topics.',
    halves: ['rpc'],
    // Not the gateway's, so that the pair runs on one machine.
    defaults: { health: { port: 8791 } },
    required: brokerRequirements,
  },
  {
    name: 'albireo-server',
    summary: 'All HTTP APIs and the worker in one, for one machine unless told otherwise.',
    halves: ['api', 'rpc'],
    defaults: onOneMachine,
    // It makes what it needs of signing keys by itself.
    required: apiRequirements(),
  },
  {
    name: 'albireo',
    summary: 'A cloud for tests: albireo-server with a control port, and the commands for it.',
    halves: ['api', 'rpc'],
    defaults: { ...onOneMachine, control: { enabled: true }, faults: { enabled: true }, ui: { enabled: true } },
    required: apiRequirements(),
  },
  ...(
    [
      ['novncproxy', 'VNC', 8792],
      ['serialproxy', 'serial', 8793],
      ['spicehtml5proxy', 'SPICE', 8794],
    ] as const
  ).map(([name, kind, port]): ProgramDeclaration => ({
    name: `albireo-${name}`,
    summary: `The ${kind} consoles of servers, for browsers.`,
    halves: ['api'],
    defaults: { health: { port } },
    required: brokerRequirements,
  })),
  { name: 'albireo-manage', summary: "The operator's commands.", halves: [], defaults: {}, required: [] },
];

/** The program of that name, if it is one of the product. */
export function findProgram(name: string): ProgramDeclaration | undefined {
  return programs.find((program) => program.name === name);
}
