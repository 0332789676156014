/** A request about the server under test. */
export interface CrashRequest {
  readonly method: 'POST' | 'DELETE';
  /** Below `/v2.1`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What requests are made of. */
export interface CrashSubject {
  readonly name: string;
  /** Of the server; empty before it is created. */
  readonly id: string;
  readonly image: string;
  readonly network: string;
  /** The last of the server's ports. */
  readonly port: string;
}

/** One thing that is done to a server, and what may come of it. */
export interface CrashOperation {
  /** The operations that bring a new server to where this one begins. @default none: it begins with a new server */
  readonly after?: readonly string[];
  readonly request: (subject: CrashSubject) => CrashRequest;
  /** Which message is acknowledged first. @default `server_act` */
  readonly first?: string;
  /** Which is acknowledged last, and which of them. @default the first `act_on_instance` */
  readonly last?: readonly [message: string, nth: number];
  /** vm_state, or `gone`, of an accepted request, besides `error`. */
  readonly end: string;
  /** The ports that the server has then. @default 1 */
  readonly ports?: number;
  /** Whether its host has to be out of service first. */
  readonly hostDown?: true;
  /** Whether deletes are deferred. */
  readonly deferred?: true;
}

const act =
  (key: string, body: Readonly<Record<string, unknown>> | null = null) =>
  ({ id }: CrashSubject): CrashRequest => ({ method: 'POST', path: `/servers/${id}/action`, body: { [key]: body } });

const stepOf = (nth: number): readonly ['act_on_instance', number] => ['act_on_instance', nth];

const DELETE = ({ id }: CrashSubject): CrashRequest => ({ method: 'DELETE', path: `/servers/${id}` });

export const OPERATIONS: Readonly<Record<string, CrashOperation>> = {
  create: {
    request: ({ name, image, network }) => ({
      method: 'POST',
      path: '/servers',
      body: { server: { name, imageRef: image, flavorRef: '1', networks: [{ uuid: network }] } },
    }),
    first: 'server_create',
    last: ['build_and_run_instance', 1],
    end: 'active',
  },
  delete: { request: DELETE, first: 'server_delete', last: ['terminate_instance', 1], end: 'gone' },
  reboot: {
    request: act('reboot', { type: 'HARD' }),
    first: 'server_action',
    last: ['reboot_instance', 1],
    end: 'active',
  },
  resize: { request: act('resize', { flavorRef: '2' }), last: stepOf(2), end: 'resized' },
  confirmResize: { after: ['resize'], request: act('confirmResize'), end: 'active' },
  revertResize: { after: ['resize'], request: act('revertResize'), last: stepOf(2), end: 'active' },
  migrate: { request: act('migrate'), last: stepOf(2), end: 'resized' },
  liveMigrate: { request: act('os-migrateLive', { host: null, block_migration: 'auto' }), end: 'active' },
  evacuate: { request: act('evacuate', {}), end: 'active', hostDown: true },
  rebuild: {
    request: ({ id, image }) => act('rebuild', { imageRef: image })({ id } as CrashSubject),
    end: 'active',
  },
  rescue: { request: act('rescue'), end: 'rescued' },
  unrescue: { after: ['rescue'], request: act('unrescue'), end: 'active' },
  shelve: { request: act('shelve'), end: 'shelved' },
  shelveOffload: { after: ['shelve'], request: act('shelveOffload'), end: 'shelved_offloaded' },
  unshelve: { after: ['shelve', 'shelveOffload'], request: act('unshelve'), end: 'active' },
  createImage: { request: act('createImage', { name: 'crash' }), end: 'active' },
  createBackup: { request: act('createBackup', { name: 'crash', backup_type: 'daily', rotation: 1 }), end: 'active' },
  attachInterface: {
    request: ({ id, network }) => ({
      method: 'POST',
      path: `/servers/${id}/os-interface`,
      body: { interfaceAttachment: { net_id: network } },
    }),
    end: 'active',
    ports: 2,
  },
  detachInterface: {
    after: ['attachInterface'],
    request: ({ id, port }) => ({ method: 'DELETE', path: `/servers/${id}/os-interface/${port}` }),
    end: 'active',
  },
  softDelete: { request: DELETE, first: 'server_delete', end: 'soft-delete', deferred: true },
  restore: { after: ['softDelete'], request: act('restore'), end: 'active', deferred: true },
  forceDelete: {
    after: ['softDelete'],
    request: act('forceDelete'),
    last: ['terminate_instance', 1],
    end: 'gone',
    deferred: true,
  },
};

/** Of the sample that runs with every change. */
export const SAMPLED = ['create', 'delete', 'reboot'] as const;
