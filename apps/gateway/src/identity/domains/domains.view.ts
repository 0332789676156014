import type { DomainData } from '#libs/contracts';

export function domainView(base: string, domain: DomainData): object {
  return {
    ...domain.extra,
    id: domain.id,
    name: domain.name,
    description: domain.description,
    enabled: domain.enabled,
    tags: domain.tags ?? [],
    options: domain.options ?? {},
    links: { self: `${base}/v3/domains/${domain.id}` },
  };
}
