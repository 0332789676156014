import { ExpectedError } from '#libs/contracts';
import type { ExpectedErrorCode, PortData } from '#libs/contracts';

/**
 * The port's address for a local IP: the requested one, or the only one. Errors: LocalIPNoIP,
 * LocalIPRequestedIPNotFound, LocalIPNoRequestedIP.
 */
export function chosenFixedIp(port: PortData, wanted: string | null): string {
  const [first, another] = port.fixed_ips;
  const fault = (code: ExpectedErrorCode, text: string): ExpectedError => new ExpectedError(code, text);
  if (first === undefined) throw fault('LocalIPNoIP', `Specified Port ${port.id} has no fixed IPs configured.`);
  if (wanted !== null) {
    if (port.fixed_ips.some(({ ip_address: address }) => address === wanted)) return wanted;
    const text = `Specified Port ${port.id} does not have requested IP address: ${wanted}.`;
    throw fault('LocalIPRequestedIPNotFound', text);
  }
  if (another === undefined) return first.ip_address;
  const text = `Specified Port ${port.id} has several IPs, should specify exact IP address to use for Local IP.`;
  throw fault('LocalIPNoRequestedIP', text);
}
