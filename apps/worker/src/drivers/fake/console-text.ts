import type { GuestDescription } from '../virt-driver.js';

/** The text that a small Linux would write on its console during boot: a dozen lines, always the same for a server. */
export function consoleText({ id, instanceName, hostname, flavor, imageRef }: GuestDescription): string {
  const lines = [
    'Booting from Hard Disk...',
    'Linux version 6.1.0 (fake@albireo)',
    'Command line: console=tty1 console=ttyS0',
    `DMI: Albireo fake/${instanceName}, uuid ${id}`,
    `Memory: ${flavor.ram * 1024}K available`,
    `smp: Brought up 1 node, ${flavor.vcpus} CPUs`,
    `vda: ${flavor.disk} GiB, from image ${imageRef === '' ? 'none' : imageRef}`,
    'EXT4-fs (vda1): mounted filesystem with ordered data mode',
    'systemd[1]: Detected virtualization fake.',
    `systemd[1]: Hostname set to <${hostname}>.`,
    'cloud-init[401]: Cloud-init finished at boot. Datasource DataSourceOpenStackLocal.',
    '',
    `${hostname} login: `,
  ];
  return lines.join('\n');
}
