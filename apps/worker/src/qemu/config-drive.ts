import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  EC2_VERSIONS,
  OPENSTACK_VERSIONS,
  ec2Tree,
  metaData,
  networkData,
  openstackFiles,
  sinceOf,
  userData,
} from '#libs/metadata';
import type { MetadataNode } from '#libs/metadata';
import type { GuestDisk, GuestFolder } from './guest-folder.js';
import type { GuestMetadata } from './guest-sources.js';
import type { ImageTool } from './image-tool.js';
import { findProgram } from './program-fault.js';
import { runTool } from './run-tool.js';

/** The label that guests look for (nova.virt.configdrive). */
const LABEL = 'config-2';

/**
 * Writes a guest's config drive, as nova.virt.configdrive: ISO 9660 by `mkisofs`, or a FAT disk if that program is
 * missing. May be repeated.
 */
export async function writeConfigDrive(
  folder: GuestFolder,
  metadata: GuestMetadata,
  { mkisofs, tool }: { readonly mkisofs: string; readonly tool: ImageTool },
): Promise<GuestDisk> {
  const content = await mkdtemp(folder.file('config-'));
  const draft = folder.file('disk.config.part');
  try {
    for (const [path, bytes] of configFiles(metadata)) {
      const file = join(content, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes, { mode: 0o600 });
    }
    const program = findProgram(mkisofs);
    if (program === undefined) await tool.fat(content, LABEL, draft);
    else {
      const publisher = 'OpenStack Compute';
      const names = [
        '-ldots',
        '-allow-lowercase',
        '-allow-multidot',
        '-l',
        '-publisher',
        publisher,
        '-quiet',
        '-J',
        '-r',
      ];
      await runTool(program, ['-o', draft, ...names, '-V', LABEL, content], { timeoutMs: 60_000 });
    }
    await rename(draft, folder.file('disk.config'));
    const format = program === undefined ? 'qcow2' : 'raw';
    return { role: 'config', path: folder.file('disk.config'), format, readOnly: true };
  } finally {
    await rm(content, { recursive: true, force: true });
    await rm(draft, { force: true });
  }
}

/** The files of a config drive with their content. */
export function configFiles({ data, files, domain }: GuestMetadata): [path: string, content: string | Buffer][] {
  const user = userData(data);
  const told = files.map((file, index) => ({ ...file, place: `content/${String(index).padStart(4, '0')}` }));
  const personality = told.map(({ path, place }) => ({ path, content_path: `/${place}` }));
  return [
    ...told.map(({ place, contents }): [string, Buffer] => [`openstack/${place}`, Buffer.from(contents, 'base64')]),
    ...[...OPENSTACK_VERSIONS, 'latest'].flatMap((version): [string, string | Buffer][] => {
      const since = sinceOf(version);
      if (since === undefined) return [];
      const meta = { ...metaData(data, since, domain), ...(personality.length > 0 && { files: personality }) };
      const bodies: Readonly<Record<string, string | Buffer | undefined>> = {
        'meta_data.json': JSON.stringify(meta),
        user_data: user,
        'vendor_data.json': '{}',
        'network_data.json': JSON.stringify(networkData(data) ?? {}),
        'vendor_data2.json': JSON.stringify({ static: {} }),
      };
      return openstackFiles(since, user !== undefined).flatMap((name): [string, string | Buffer][] => {
        const body = bodies[name];
        return body === undefined ? [] : [[`openstack/${version}/${name}`, body]];
      });
    }),
    ...[EC2_VERSIONS.at(-1) ?? 'latest', 'latest'].flatMap((version): [string, string | Buffer][] => {
      const tree = ec2Tree(data, version, domain)?.['meta-data'];
      const meta: [string, string] = [`ec2/${version}/meta-data.json`, JSON.stringify(plain(tree))];
      return user === undefined ? [meta] : [meta, [`ec2/${version}/user-data`, user]];
    }),
  ];
}

function plain(node: MetadataNode | undefined): unknown {
  if (node === undefined || typeof node === 'string' || Array.isArray(node)) return node ?? '';
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => (key === '_name' ? [] : [[key, plain(value)]])),
  );
}
