import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { StartError } from '#libs/config';
import { openImageStores } from '#libs/imagestore';
import { ImageFileError, addImageFile } from '../../../worker/src/image/add-image-file.js';
import type { ImageFile } from '../../../worker/src/image/add-image-file.js';
import { requireSchema } from '../../../worker/src/store/index.js';
import { withStore } from '../db/db.commands.js';
import { runWithConfiguration } from '../global-options.js';

interface AddFlags {
  readonly name?: string;
  readonly diskFormat?: string;
  readonly kernel?: string;
  readonly ramdisk?: string;
  readonly private?: string;
  readonly minDisk: number;
  readonly minRam: number;
  readonly property: Readonly<Record<string, string>>;
}

const FORMATS = ['raw', 'qcow2', 'vmdk', 'vdi', 'vhd', 'vhdx', 'iso', 'ami', 'aki', 'ari'] as const;

/** `albireo-manage image`: images from files of this machine, without a running API. */
export function registerImageCommands(program: Command): void {
  const image = program.command('image').description('the images of the cloud');
  image
    .command('add <file>')
    .description('put a file into the image store and make an active image of it, public unless told otherwise')
    .option('--name <name>', "the image's name; default: the file's, without its ending")
    .addOption(new Option('--disk-format <format>', 'default: what the file is').choices(FORMATS))
    .option('--kernel <file>', 'a kernel that guests of the image are started with; an image of its own')
    .option('--ramdisk <file>', 'the ramdisk of that kernel')
    .option('--private <project id>', 'for this project alone')
    .option('--min-disk <gib>', 'least disk of a flavor for it', count, 0)
    .option('--min-ram <mib>', 'least memory of a flavor for it', count, 0)
    .option('--property <key=value>', 'a property of the image, as hw_disk_bus=scsi; may be repeated', property, {})
    .action(async (file: string, flags: AddFlags, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const lines = await withStore(config, async (store) => {
          await requireSchema(store);
          const stores = openImageStores(config);
          const lone = flags.private;
          const common = {
            visibility: lone === undefined ? ('public' as const) : ('private' as const),
            owner: lone ?? null,
            minDisk: flags.minDisk,
            minRam: flags.minRam,
          };
          const told: string[] = [];
          const add = async (one: Pick<ImageFile, 'path' | 'name' | 'diskFormat' | 'properties'>): Promise<string> => {
            await requireFile(one.path);
            const { id, diskFormat, measures } = await addImageFile(store, stores, { ...common, ...one });
            told.push(`${id}  ${one.name}  ${diskFormat}  ${measures.size} bytes  md5 ${measures.checksum}`);
            return id;
          };
          try {
            const name = flags.name ?? basename(file).replace(/\.[^.]+$/, '');
            const part = (path: string | undefined, kind: 'aki' | 'ari', what: string): Promise<string> | undefined =>
              path === undefined ? undefined : add({ path, name: `${name}-${what}`, diskFormat: kind, properties: {} });
            const [kernel, ramdisk] = [
              await part(flags.kernel, 'aki', 'kernel'),
              await part(flags.ramdisk, 'ari', 'ramdisk'),
            ];
            const properties = {
              ...flags.property,
              ...(kernel !== undefined && { kernel_id: kernel }),
              ...(ramdisk !== undefined && { ramdisk_id: ramdisk }),
            };
            await add({ path: file, name, diskFormat: flags.diskFormat, properties });
            return told;
          } finally {
            await stores.close();
          }
        });
        process.stdout.write(lines.map((line) => `${line}\n`).join(''));
        return 0;
      });
    });
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new ImageFileError(`${path}: no such file`);
}

function count(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number.');
}

function property(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new StartError(`--property ${text}: expected key=value`);
  return { ...before, [key]: value };
}
