import type { ProgramDefaults } from '../internal/resolver.js';
import type { ProgramDeclaration } from './program-declaration.js';

const gatewayDefaults: ProgramDefaults = { health: { port: 8790 } };
const broker = ['DEFAULT.transport_url'];

/** Every program of the product: its main and the commands that explain a configuration read the same row. */
export const programs: readonly ProgramDeclaration[] = [
  {
    name: 'albireo-gateway',
    summary: 'The HTTP APIs of enabled_apis.',
    defaults: gatewayDefaults,
    required: broker,
  },
  {
    name: 'albireo-gateway-compute',
    summary: 'The Compute API alone.',
    defaults: gatewayDefaults,
    required: broker,
  },
  {
    name: 'albireo-gateway-metadata',
    summary: 'The Metadata API alone.',
    defaults: gatewayDefaults,
    required: broker,
  },
  {
    name: 'albireo-worker',
    summary: 'The RPC topics of enabled_topics.',
    // Not the gateway's, so that the pair runs on one machine.
    defaults: { health: { port: 8791 } },
    required: broker,
  },
  {
    name: 'albireo-server',
    summary: 'All HTTP APIs and the worker in one, for one machine unless told otherwise.',
    defaults: {
      DEFAULT: {
        transport_url: 'memory://',
        identity_listen: '127.0.0.1',
        osapi_compute_listen: '127.0.0.1',
        metadata_listen: '127.0.0.1',
        image_listen: '127.0.0.1',
        network_listen: '127.0.0.1',
      },
      health: { listen: '127.0.0.1', port: 8790 },
    },
    required: [],
  },
  { name: 'albireo-manage', summary: "The operator's commands.", defaults: {}, required: [] },
];

/** The program of that name, if it is one of the product. */
export function findProgram(name: string): ProgramDeclaration | undefined {
  return programs.find((program) => program.name === name);
}
