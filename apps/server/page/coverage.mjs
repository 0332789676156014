import { h, table } from './dom.mjs';

const count = (resources) =>
  resources.reduce((sum, { paths }) => sum + Object.values(paths).reduce((own, methods) => own + methods.length, 0), 0);

/** What there is of each API, and what test suites say of it: from the declarations of this version. */
export function coverage(main) {
  const place = h('section', {}, h('p', { class: 'empty' }, 'Loading …'));
  main.append(place);
  void fetch('coverage.json')
    .then((answer) => answer.json())
    .then(({ apis, suites }) => {
      const suiteColumns = [
        ['Suite', ({ suite, group }) => `${suite} ${group}`],
        ['Cloud', ({ cloud }) => cloud],
        ...['tests', 'passed', 'failed', 'skipped'].map((what) => [what, (row) => row[what]]),
      ];
      const resourceColumns = [
        ['Resource', ({ resource }) => resource],
        [
          'Paths and methods',
          ({ paths }) => Object.entries(paths).map(([path, methods]) => h('div', {}, `${path} ${methods.join(', ')}`)),
          'wide',
        ],
      ];
      place.replaceChildren(
        table(suiteColumns, suites, 'No suite was run.'),
        ...Object.entries(apis).map(([name, resources]) =>
          h(
            'details',
            {},
            h('summary', {}, `${name}: ${resources.length} resources, ${count(resources)} methods of paths`),
            table(resourceColumns, resources, 'Nothing.'),
          ),
        ),
      );
    });
}
