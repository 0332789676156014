import type { Declaration } from '#libs/contracts';

const ROOT = '/v2.0/';

const dashed = (name: string): string => name.replaceAll('_', '-');

/** `qos` of `qos/policies`, its collection, and whether it lies below a resource. */
function partsOf({ path }: Declaration): { readonly prefix?: string; readonly name: string; readonly above?: string } {
  const segments = path.split('/');
  const name = segments.at(-1) ?? path;
  const variable = segments.findLastIndex((segment) => segment.startsWith(':'));
  if (variable > 0) return { name, above: segments[variable - 1] ?? '' };
  return segments.length > 1 ? { prefix: segments.slice(0, -1).join('/'), name } : { name };
}

/**
 * The path that a collection is declared with, whichever way a client writes it: neutron finds collections by their names
 * alone, with dashes or underscores, below their prefix or not (neutron.manager.NeutronManager.get_controller_for_resource,
 * neutron.pecan_wsgi.controllers.root): `/v2.0/policies/{id}/tags`, `/v2.0/local_ips`, `/v2.0/floatingip-pools`.
 */
export function collectionPaths(declarations: readonly Declaration[]): (path: string) => string {
  const prefixes = new Set<string>();
  const collections = new Map<string, string>();
  const below = new Map<string, string>();
  for (const declaration of declarations) {
    const { prefix, name, above } = partsOf(declaration);
    if (above === undefined) collections.set(dashed(name), declaration.path);
    else below.set(`${above} ${dashed(name)}`, name);
    if (prefix !== undefined) prefixes.add(prefix);
  }
  return (path) => {
    if (!path.startsWith(ROOT)) return path;
    const [first = '', ...others] = path.slice(ROOT.length).split('/');
    const hasPrefix = prefixes.has(first) && others.length > 0;
    const [name = '', ...rest] = hasPrefix ? others : [first, ...others];
    const declared = collections.get(dashed(name));
    if (declared === undefined) return path;
    const own = declared.split('/').at(-1) ?? '';
    const [, child] = rest;
    if (child !== undefined) rest[1] = below.get(`${own} ${dashed(child)}`) ?? child;
    return ROOT + [declared, ...rest].join('/');
  };
}
