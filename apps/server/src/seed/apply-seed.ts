import { randomBytes } from 'node:crypto';
import { IdentityOptions } from '#libs/options';
import type { Configuration } from '#libs/config';
import { DocumentError, faultPlan } from '#libs/simulation';
import type { Snapshots } from '../../../worker/src/snapshots/snapshots.js';
import { ApiRefusal, ApiSession, textIn } from './api-session.js';
import { lookAround, namesOf } from './cloud-names.js';
import { checkForm } from './seed-document.js';
import { checkReferences } from './seed-references.js';
import { SeedRun } from './seed-run.js';
import type { SeedCounts } from './seed-run.js';

/** The names of this cloud's administrator. */
interface AdminNames {
  readonly adminProjectName: string;
  readonly adminRoleName: string;
}

/**
 * The objects that DevStack creates, with its names; its flavors m1.tiny to m1.xlarge and the other roles exist from
 * the first start.
 */
export const devstackSeed = ({ adminProjectName, adminRoleName }: AdminNames): string => `
roles:
  - { name: anotherrole }
projects:
  - { name: demo, description: "DevStack's project for everybody" }
  - { name: alt_demo }
  - { name: service }
users:
  - { name: demo, password: secret, roles: [{ project: demo, role: member }, { project: demo, role: anotherrole }] }
  - { name: alt_demo, password: secret, roles: [{ project: alt_demo, role: member }, { project: alt_demo, role: anotherrole }] }
groups:
  - { name: admins, description: openstack admin group, roles: [{ project: '${adminProjectName}', role: '${adminRoleName}' }] }
  - name: nonadmins
    description: non-admin group
    roles:
      - { project: demo, role: member }
      - { project: demo, role: anotherrole }
      - { project: alt_demo, role: member }
      - { project: alt_demo, role: anotherrole }
flavors:
  - { name: m1.nano, id: '42', vcpus: 1, ram: 192, disk: 1 }
  - { name: m1.micro, id: '84', vcpus: 1, ram: 256, disk: 1 }
  - { name: cirros256, id: c1, vcpus: 1, ram: 256, disk: 1 }
  - { name: ds512M, id: d1, vcpus: 1, ram: 512, disk: 5 }
  - { name: ds1G, id: d2, vcpus: 1, ram: 1024, disk: 10 }
  - { name: ds2G, id: d3, vcpus: 2, ram: 2048, disk: 10 }
  - { name: ds4G, id: d4, vcpus: 4, ram: 4096, disk: 20 }
networks:
  - name: public
    external: true
    default: true
    subnets:
      - { name: public-subnet, cidr: 172.24.4.0/24, gateway: 172.24.4.1, dhcp: false }
      - { name: ipv6-public-subnet, cidr: '2001:db8::/64', gateway: '2001:db8::2', dhcp: false }
  - name: private
    project: demo
    subnets:
      - { name: private-subnet, cidr: 10.0.0.0/26, gateway: 10.0.0.1 }
  - name: shared
    shared: true
    subnets:
      - { name: shared-subnet, cidr: 192.168.233.0/24 }
routers:
  - { name: router1, project: demo, gateway: public, subnets: [private-subnet] }
`;

/**
 * Creates everything that a seed describes, or nothing: if an API refuses a request, the previous state is restored.
 * Throws DocumentError with all faults, each with its line.
 */
export async function applySeed(
  text: string,
  file: string,
  { config, snapshots }: { readonly config: Configuration; readonly snapshots: Snapshots },
): Promise<SeedCounts> {
  const read = checkForm(text, file);
  return faultPlan.without(async () => {
    const session = await ApiSession.open(config);
    const things = await lookAround(session);
    checkReferences(read, namesOf(things));
    const { adminProjectName } = config.get(IdentityOptions);
    const admin = things.projects.find((project) => project['name'] === adminProjectName);
    const run = new SeedRun(config, session, read.seed, things, textIn(admin, 'id'));
    const before = `before-seed-${randomBytes(4).toString('hex')}`;
    await snapshots.create(before);
    try {
      return await run.run();
    } catch (error) {
      await snapshots.restore(before);
      if (!(error instanceof ApiRefusal)) throw error;
      const { section, index } = run.position;
      read.source.fault([section, index], `the API refused it with ${error.status}: ${error.message}`);
      throw new DocumentError(read.source.faults);
    } finally {
      await snapshots.remove(before);
    }
  });
}
