import type { DiskFacts } from '#libs/imagestore';
import { Fault } from '../../edge/errors/fault.js';

/**
 * Why data does not go with the disk_format of its image, or undefined when it does: bytes that have the signature of
 * another format, that lack the one of their own, or that name files of the host.
 */
export function diskFault(disk: DiskFacts, format: string | null): Fault | undefined {
  if (disk.danger !== undefined) return unfit(disk.danger);
  const signed = ['qcow2', 'vmdk', 'vdi', 'vhdx', 'iso'];
  if (format !== null && signed.includes(format) && disk.format !== format) {
    return unfit(`the image is declared as ${format}, and its content is ${disk.format ?? 'of no known format'}`);
  }
  if (format === 'raw' && disk.format !== undefined && disk.format !== 'iso') {
    return unfit(`the image is declared as raw, and its content is ${disk.format}`);
  }
  return undefined;
}

function unfit(reason: string): Fault {
  return new Fault(415, `Image content does not match disk_format: ${reason}`, { code: 'ImageDataInvalid' });
}
