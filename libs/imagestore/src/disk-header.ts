/** The facts in the first bytes of a disk image. */
export interface DiskFacts {
  /** The format whose signature it has; undefined for bytes without one (a raw disk, a kernel, an archive). */
  readonly format: 'qcow2' | 'vmdk' | 'vdi' | 'vhdx' | 'vhd' | 'iso' | undefined;
  /** Size of the disk inside, in bytes; null if the header does not contain it. */
  readonly virtualSize: number | null;
  /** Why the image must not be used, whatever its format is called. */
  readonly danger: string | undefined;
}

/** A qcow2 header's incompatible feature "data is in another file". */
const EXTERNAL_DATA = 4n;
/** An ISO's first volume descriptor is in its seventeenth sector. */
const ISO_AT = 32_769;
const KEPT = ISO_AT + 5;

/** Keeps the first bytes of a stream and identifies their format (oslo_utils.imageutils.format_inspector). */
export class DiskHeader {
  readonly #bytes = Buffer.alloc(KEPT);
  #length = 0;

  add(chunk: Uint8Array): void {
    if (this.#length >= KEPT) return;
    const part = chunk.subarray(0, KEPT - this.#length);
    this.#bytes.set(part, this.#length);
    this.#length += part.byteLength;
  }

  /** @param size total number of bytes */
  facts(size: number): DiskFacts {
    const head = this.#bytes.subarray(0, this.#length);
    const starts = (text: string, at = 0): boolean => head.toString('latin1', at, at + text.length) === text;
    const fact = (format: DiskFacts['format'], virtualSize: number | null, danger?: string): DiskFacts => ({
      format,
      virtualSize,
      danger,
    });
    if (starts('QFI\xfb') && head.length >= 72) return fact('qcow2', safe(head.readBigUInt64BE(24)), qcow2Danger(head));
    if (starts('KDMV') && head.length >= 20) return fact('vmdk', safe(head.readBigUInt64LE(12) * 512n));
    if (starts('vhdxfile')) return fact('vhdx', null);
    if (starts('conectix') && head.length >= 56) return fact('vhd', safe(head.readBigUInt64BE(40)));
    if (head.length >= 376 && head.readUInt32LE(64) === 0xbeda107f) return fact('vdi', safe(head.readBigUInt64LE(368)));
    if (starts('CD001', ISO_AT)) return fact('iso', size);
    return fact(undefined, size);
  }
}

function safe(value: bigint): number | null {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}

/** If a disk names other files, the host that opens it would read them. */
function qcow2Danger(head: Buffer): string | undefined {
  if (head.readBigUInt64BE(8) !== 0n) return 'the qcow2 image has a backing file';
  const hasFeatures = head.readUInt32BE(4) >= 3 && head.length >= 80;
  if (hasFeatures && (head.readBigUInt64BE(72) & EXTERNAL_DATA) !== 0n) return 'the qcow2 image has a data file';
  return undefined;
}
