import type { PortData } from '#libs/contracts';

/** A name of one of a port's addresses. */
export interface DnsAssignment {
  readonly ip_address: string;
  readonly hostname: string;
  readonly fqdn: string;
}

/** The names of a port's addresses in a domain (neutron's dns_integration): its own, or one made of the address. */
export function dnsAssignment(
  { dns_name: name, fixed_ips: fixedIps }: Pick<PortData, 'dns_name' | 'fixed_ips'>,
  domain: string,
): readonly DnsAssignment[] {
  const suffix = domain === '' ? '' : `.${domain.replace(/\.$/, '')}.`;
  return fixedIps.map(({ ip_address: address }) => {
    const hostname = name === '' ? `host-${address.replaceAll(/[.:]/g, '-')}` : name;
    return { ip_address: address, hostname, fqdn: hostname.endsWith('.') ? hostname : `${hostname}${suffix}` };
  });
}
