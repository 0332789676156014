import { hostname } from 'node:os';
import { join } from 'node:path';
import { BoolOpt, DurationOpt, HostAddressOpt, IntOpt, ListOpt, OptionGroup, StrOpt } from '../internal/decorators.js';

/** Names of the HTTP APIs, as `enabled_apis` spells them. */
export const apiNames = ['identity', 'osapi_compute', 'metadata', 'image', 'network'] as const;
/** Names of the RPC topics, as `enabled_topics` spells them. */
export const topicNames = ['conductor', 'scheduler', 'compute', 'network', 'identity', 'image'] as const;

export type ApiName = (typeof apiNames)[number];
export type TopicName = (typeof topicNames)[number];

@OptionGroup('DEFAULT', { help: 'What the programs run, and where they keep their data.' })
export class ServiceOptions {
  @ListOpt({
    choices: apiNames,
    default: apiNames,
    help: 'The HTTP APIs that the gateway serves.',
  })
  readonly enabledApis!: readonly ApiName[];

  @ListOpt({ choices: apiNames, default: [], help: 'The APIs that are served over TLS, with the files of [wsgi].' })
  readonly enabledSslApis!: readonly ApiName[];

  @ListOpt({ choices: topicNames, default: topicNames, help: 'The RPC topics that the worker serves.' })
  readonly enabledTopics!: readonly TopicName[];

  @HostAddressOpt({
    default: () => hostname(),
    sampleDefault: '<the host name>',
    help:
      'Logical name of the compute host. Workers with the same name share its queue and act on its servers. A driver ' +
      'that is bound to a machine needs a name of its own.',
  })
  readonly host!: string;

  @StrOpt({
    cli: true,
    default: ({ env }) => join(env['XDG_DATA_HOME'] || join(env['HOME'] || '.', '.local', 'share'), 'albireo'),
    sampleDefault: '$XDG_DATA_HOME/albireo, or ~/.local/share/albireo',
    help: 'Directory of the data that the programs write: the embedded database, generated keys.',
  })
  readonly statePath!: string;

  @BoolOpt({
    cli: true,
    default: false,
    help: 'Keep the embedded database in memory: nothing is left when the program ends.',
  })
  readonly ephemeral!: boolean;

  @IntOpt({ default: 10, min: 1, help: 'Seconds between two reports of a service that it is alive.' })
  readonly reportInterval!: number;

  @IntOpt({ default: 60, min: 1, help: 'Seconds without a report after which a service counts as down.' })
  readonly serviceDownTime!: number;

  @BoolOpt({
    default: true,
    help: 'Repeat the periodic tasks of a worker: sweeping, repair, counting. Reports that it is alive go on without.',
  })
  readonly periodicEnable!: boolean;

  @DurationOpt({
    default: 60,
    help: 'Longest random delay before the first run of a periodic task, in seconds, within its interval; 0 for none.',
  })
  readonly periodicFuzzyDelay!: number;
}
