import { sql } from 'kysely';
import type { MetadefItemInput } from '#libs/contracts';
import type { Store } from '../../store/index.js';

/** Types of resources of a cloud's services (the same as glance's own). */
const RESOURCE_TYPES = [
  'OS::Cinder::Volume',
  'OS::Glance::Image',
  'OS::Nova::Aggregate',
  'OS::Nova::Flavor',
  'OS::Nova::Server',
] as const;

const IMAGE = 'OS::Glance::Image';
const FLAVOR = 'OS::Nova::Flavor';
const SERVER = 'OS::Nova::Server';

interface Seed {
  readonly namespace: string;
  readonly display_name: string;
  readonly description: string;
  /** Types of resources, with the prefix that properties get on them. */
  readonly types: Readonly<Record<string, string>>;
  /** The part of those resources that has the properties, if they have several parts. */
  readonly target?: 'metadata' | 'scheduler_hints';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const choice = (title: string, description: string, values: readonly string[]): Record<string, unknown> => ({
  title,
  description,
  type: 'string',
  enum: values,
});
const count = (title: string, description: string): Record<string, unknown> => ({
  title,
  description,
  type: 'integer',
  minimum: 1,
});
const word = (title: string, description: string): Record<string, unknown> => ({ title, description, type: 'string' });

/** Common properties of images and flavors, under the names by which nova reads them. */
const SEEDS: readonly Seed[] = [
  {
    namespace: 'OS::Compute::Hypervisor',
    display_name: 'Hypervisor',
    description: 'On which hypervisors an image runs.',
    types: { [IMAGE]: '' },
    properties: {
      hypervisor_type: choice('Hypervisor type', 'The hypervisor that the image is made for.', [
        'kvm',
        'qemu',
        'xen',
        'lxc',
        'vmware',
        'hyperv',
      ]),
      vm_mode: choice('Machine mode', 'Whether the guest knows that it is one.', ['hvm', 'xen', 'uml', 'exe']),
    },
  },
  {
    namespace: 'OS::Compute::VirtCPUTopology',
    display_name: 'Virtual CPU topology',
    description: 'How the virtual CPUs of a server are arranged.',
    types: { [IMAGE]: 'hw_', [FLAVOR]: 'hw:' },
    properties: {
      cpu_sockets: count('Sockets', 'Preferred number of sockets.'),
      cpu_cores: count('Cores', 'Preferred number of cores of a socket.'),
      cpu_threads: count('Threads', 'Preferred number of threads of a core.'),
      cpu_maxsockets: count('Most sockets', 'No more sockets than this.'),
      cpu_maxcores: count('Most cores', 'No more cores of a socket than this.'),
      cpu_maxthreads: count('Most threads', 'No more threads of a core than this.'),
    },
  },
  {
    namespace: 'OS::Compute::CPUPinning',
    display_name: 'CPU pinning',
    description: 'Whether virtual CPUs have physical ones of their own.',
    types: { [IMAGE]: 'hw_', [FLAVOR]: 'hw:' },
    properties: {
      cpu_policy: choice('CPU policy', 'Own physical CPUs, or any.', ['shared', 'dedicated', 'mixed']),
      cpu_thread_policy: choice('Thread policy', 'What to do with sibling threads.', ['isolate', 'prefer', 'require']),
    },
  },
  {
    namespace: 'OS::Compute::LibvirtImage',
    display_name: 'Devices',
    description: 'Which devices a server of an image gets.',
    types: { [IMAGE]: 'hw_' },
    properties: {
      disk_bus: choice('Disk bus', 'Where disks are attached.', ['virtio', 'scsi', 'sata', 'ide', 'usb', 'fdc']),
      scsi_model: word('SCSI controller', 'Model of the controller, such as virtio-scsi.'),
      vif_model: word('Network interface', 'Model of network interfaces, such as virtio.'),
      video_model: word('Video', 'Model of the video card.'),
      rng_model: word('Random numbers', 'Model of the random number generator.'),
      machine_type: word('Machine', 'Type of the machine.'),
      qemu_guest_agent: choice('Guest agent', 'Whether the image has the agent of QEMU.', ['yes', 'no']),
    },
  },
  {
    namespace: 'OS::OperatingSystem',
    display_name: 'Operating system',
    description: 'What system an image holds.',
    types: { [IMAGE]: '' },
    properties: {
      os_distro: word('Distribution', 'Name of the distribution in small letters, such as debian.'),
      os_version: word('Version', 'Version as the distribution calls it.'),
      os_admin_user: word('Administrator', 'User that administrates the system.'),
    },
  },
  {
    namespace: 'OS::Software::Runtimes',
    display_name: 'Runtime environment',
    description: 'What a server runs programs with.',
    types: { [SERVER]: '' },
    target: 'metadata',
    properties: {
      sw_runtime_name: word('Runtime', 'Name of the runtime, such as node or python.'),
      sw_runtime_version: word('Version', 'Version of the runtime.'),
    },
  },
  {
    namespace: 'CIM::ProcessorAllocationSettingData',
    display_name: 'Processor allocation',
    description: 'What processor a server asks for.',
    types: { [SERVER]: '' },
    target: 'scheduler_hints',
    properties: {
      InstructionSet: choice('Instruction set', 'Instructions that the processor has to know.', [
        'x86:i386',
        'x86:i686',
        'x86:64',
        'ARM:A64',
        'PPC:64',
      ]),
    },
  },
];

/** Stores the shipped definitions, each once: users' changes and deletes are kept. */
export async function seedMetadefs(store: Store): Promise<void> {
  await store.transaction(
    async (tx) => {
      for (const name of RESOURCE_TYPES) {
        await tx
          .insertInto('metadef_resource_types')
          .values({ name })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      for (const { types, target, properties, ...fields } of SEEDS) {
        const { namespace } = fields;
        const isNew = await tx
          .insertInto('metadef_seeds')
          .values({ namespace })
          .onConflict((conflict) => conflict.doNothing())
          .returning('namespace')
          .execute();
        const taken = await tx
          .selectFrom('metadef_namespaces')
          .select('namespace')
          .where('namespace', '=', namespace)
          .execute();
        if (isNew.length === 0 || taken.length > 0) continue;
        // In the past, so that lists show definitions of users first.
        const past = sql<string>`'2000-01-01T00:00:00Z'::timestamptz`;
        await tx
          .insertInto('metadef_namespaces')
          .values({ ...fields, visibility: 'public', protected: true, owner: 'admin', created_at: past })
          .execute();
        const items: MetadefItemInput[] = [
          ...Object.entries(types).map(([name, prefix]) => ({
            kind: 'resource_type' as const,
            name,
            body: { ...(prefix !== '' && { prefix }), ...(target !== undefined && { properties_target: target }) },
          })),
          ...Object.entries(properties).map(([name, body]) => ({ kind: 'property' as const, name, body })),
        ];
        const rows = items.map((item) => ({ ...item, namespace, body: JSON.stringify(item.body) }));
        await tx.insertInto('metadef_items').values(rows).execute();
      }
    },
    { name: 'metadef-seed' },
  );
}
