import type { ProgramDefaults } from '#libs/config';

/**
 * `albireo-server` is made for one machine: unless told otherwise it listens on the loopback address alone and keeps
 * messages inside the process.
 */
export const serverDefaults: ProgramDefaults = {
  DEFAULT: {
    transport_url: 'memory://',
    identity_listen: '127.0.0.1',
    osapi_compute_listen: '127.0.0.1',
    metadata_listen: '127.0.0.1',
    image_listen: '127.0.0.1',
    network_listen: '127.0.0.1',
  },
  health: { listen: '127.0.0.1', port: 8790 },
};
