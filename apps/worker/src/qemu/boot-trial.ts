/**
 * A boot sector that does the first steps of a boot loader and a kernel: protected mode, paging and long mode, with an
 * interrupt return in each. Then it ends QEMU by its device isa-debug-exit. With an accelerator that lacks one of these
 * features it never gets to the end. Loaded at 0x7c00; its page tables are at 0x1000 to 0x3fff.
 */
export function bootSector(): Uint8Array {
  const code = Buffer.from(CODE.join(''), 'hex');
  const sector = Buffer.alloc(512);
  code.copy(sector);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** The port of the device, and QEMU's exit code: twice the byte that the sector writes, plus one. */
export const TRIAL_EXIT = { device: 'isa-debug-exit,iobase=0x501,iosize=4', code: 2 * 0x2a + 1 } as const;

const CODE = [
  'fa31c08ed8', // cli; ds = 0
  '0f0116c87c', // lgdt 0x7cc8
  '0f20c00c010f22c0', // cr0 |= PE
  'ea177c0800', // ljmp 0x08:0x7c17
  'b8100000008ed88ec08ed0', // ds = es = ss = 0x10
  'bc007c0000', // esp = 0x7c00
  '9c6a0868307c0000cf', // pushf; push 0x08; push 0x7c30; iret
  'bf001000000f22df', // cr3 = 0x1000
  '31c0b9000c0000f3ab', // 0x1000 to 0x3fff = 0
  'c7050010000003200000', // its first entries: one page of 2 MiB at 0
  'c7050020000003300000',
  'c7050030000083000000',
  '0f20e083c8200f22e0', // cr4 |= PAE
  'b9800000c00f320d000100000f30', // EFER |= LME
  '0f20c00d000000800f22c0', // cr0 |= PG
  'ea887c00001800', // ljmp 0x18:0x7c88
  '4889e06a1050', // rax = rsp; push 0x10; push rax
  '9c6a1868987c000048cf', // pushf; push 0x18; push 0x7c98; iretq
  '66ba0105b02aee', // outb 0x2a, 0x501
  'f4ebfd', // hlt; jmp to it
  '660f1f440000', // up to a multiple of eight
  '0000000000000000', // descriptors: none,
  'ffff0000009acf00', // 0x08 code of 32 bits,
  'ffff00000092cf00', // 0x10 data,
  'ffff0000009aaf00', // 0x18 code of 64 bits
  '1f00a87c0000', // their place
] as const;
