import type { DeclaredRoute } from '../attack/routes.js';
import { GROUPS } from '../tempest/configurations.js';
import { sumsOf } from '../tempest/report.js';
import type { Results, Sums } from '../tempest/report.js';

/** What there is of one resource of an API: methods by path, the version left out. */
interface ResourceCoverage {
  readonly resource: string;
  /** Methods of each path: `/servers/:id` → `['DELETE', 'GET', 'PUT']`. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

interface SuiteCoverage extends Sums {
  readonly suite: string;
  readonly group: string;
  /** The cloud that it ran against. */
  readonly cloud: string;
}

/** What the docs and the page of the health port tell: coverage.json. */
export interface Coverage {
  readonly apis: Readonly<Record<string, readonly ResourceCoverage[]>>;
  readonly suites: readonly SuiteCoverage[];
}

const NAMES: Readonly<Record<DeclaredRoute['api'], string>> = {
  identity: 'Identity',
  osapi_compute: 'Compute',
  network: 'Network',
  image: 'Image',
  metadata: 'Metadata',
};
const VERSION = /^\/v\d+(\.\d+)?(?=\/|$)/;

/** From the route tables of the APIs and the kept results of test suites. Routes of HEAD are those of GET. */
export function coverageOf(routes: readonly DeclaredRoute[], tempest: Results): Coverage {
  const apis = Object.entries(NAMES).map(([api, title]) => {
    const resources = new Map<string, Map<string, Set<string>>>();
    for (const { method, url } of routes.filter((route) => route.api === api && route.method !== 'HEAD')) {
      const path = url.replace(VERSION, '') || '/';
      const [, first = '', second = ''] = path.split('/');
      // Extensions of the Identity API have their resources below them.
      const resource =
        first.startsWith('OS-') && second !== '' && !second.startsWith(':') ? `${first}/${second}` : first;
      const paths = resources.get(resource) ?? new Map<string, Set<string>>();
      paths.set(path, (paths.get(path) ?? new Set()).add(method));
      resources.set(resource, paths);
    }
    const sorted = [...resources].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return [
      title,
      sorted.map(([resource, paths]) => ({
        resource: resource === '' ? '/' : resource,
        paths: Object.fromEntries(
          [...paths]
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([path, methods]) => [path, methods.size > 7 ? ['any method'] : [...methods].toSorted()]),
        ),
      })),
    ] as const;
  });
  const suites = Object.entries(tempest).map(([group, { classes }]) => ({
    suite: 'tempest',
    group,
    cloud: GROUPS[group]?.configuration ?? '',
    ...sumsOf(Object.values(classes)),
  }));
  return { apis: Object.fromEntries(apis), suites };
}

/** How many methods of how many paths there are. */
function countOf(resources: readonly ResourceCoverage[]): { paths: number; methods: number } {
  const all = resources.flatMap(({ paths }) => Object.values(paths));
  return { paths: all.length, methods: all.reduce((sum, { length }) => sum + length, 0) };
}

/** docs/coverage.md. */
export function coveragePage({ apis, suites }: Coverage): string {
  const overview = Object.entries(apis).map(([name, resources]) => {
    const { paths, methods } = countOf(resources);
    return `| [${name}](#${name.toLowerCase()}) | ${resources.length} | ${paths} | ${methods} |`;
  });
  const suiteRows = suites.map(
    ({ suite, group, cloud, tests, passed, failed, skipped }) =>
      `| [${suite}](tempest.md) ${group} | ${cloud} | ${tests} | ${passed} | ${failed} | ${skipped} |`,
  );
  const tables = Object.entries(apis).flatMap(([name, resources]) => [
    '',
    `## ${name}`,
    '',
    '| resource | paths and methods |',
    '| --- | --- |',
    ...resources.map(({ resource, paths }) => {
      const cells = Object.entries(paths).map(([path, methods]) => `\`${path}\` ${methods.join(', ')}`);
      return `| ${resource} | ${cells.join('<br>')} |`;
    }),
  ]);
  return [
    '# What there is',
    '',
    'Made from the route tables of the APIs, and from the last kept run of each group of tempest. `/ui` shows the same.',
    'A request to a path that is not here is 404, a method that is not here 405. What is known to differ of single answers',
    "is in `test/samples/known-differences.json`, by upstream's own API samples.",
    '',
    '| API | resources | paths | methods of paths |',
    '| --- | --- | --- | --- |',
    ...overview,
    '',
    '| suite | cloud | tests | passed | failed | left out |',
    '| --- | --- | --- | --- | --- | --- |',
    ...suiteRows,
    ...tables,
    '',
  ].join('\n');
}
