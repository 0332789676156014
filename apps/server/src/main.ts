#!/usr/bin/env node
// albireo-server: the APIs and the worker under one launcher, as neutron-server has both halves.
import { runMain } from '#libs/options';
import { banner, boundAddresses, boundConsoles } from './banner.js';
import { runServer } from './run-server.js';

await runMain('albireo-server', (config) =>
  runServer(config, (launcher) => {
    process.stdout.write(
      banner(config, boundAddresses(config, launcher), launcher.healthPort, boundConsoles(config, launcher)),
    );
  }),
);
