import type { DomainData } from '#libs/contracts';

export function domainView(base: string, domain: DomainData): object {
  return {
    id: domain.id,
    name: domain.name,
    description: domain.description,
    enabled: domain.enabled,
    tags: [],
    options: {},
    links: { self: `${base}/v3/domains/${domain.id}` },
  };
}
