import { ListOpt, OptionGroup, StrOpt } from '#libs/config';

@OptionGroup('notifications', { help: 'Which notifications there are, and when.', half: 'rpc' })
export class NotificationContentOptions {
  @StrOpt({
    default: 'unversioned',
    choices: ['unversioned', 'versioned', 'both'],
    deprecatedOpts: [{ group: 'DEFAULT', name: 'notification_format' }],
    help: "The form of notifications about servers: nova's unversioned one, its versioned one, or both.",
  })
  readonly notificationFormat!: 'unversioned' | 'versioned' | 'both';

  @ListOpt({ default: ['versioned_notifications'], help: 'Topics of notifications in the versioned form.' })
  readonly versionedNotificationsTopics!: readonly string[];

  @StrOpt({
    choices: ['vm_state', 'vm_and_task_state'],
    deprecatedOpts: [{ group: 'DEFAULT', name: 'notify_on_state_change' }],
    help: 'Send compute.instance.update when the state of a server changes, or its task too. Unset: never.',
  })
  readonly notifyOnStateChange!: 'vm_state' | 'vm_and_task_state' | undefined;
}
