import { declarationsOf, networkPolicy } from '#libs/contracts';
import type { ActionOptions, Declaration, FieldDeclaration, ResourceTable } from '#libs/contracts';
import { absentDefinitions } from '../extensions/absent-definitions.js';
import { extensionsOf } from '../extensions/extensions.js';

const HEAD = `# Network API: resources

Made from the declarations in \`libs/contracts/src/network\`; \`npm run generate\` writes it. \`PUT\` and \`POST\`: the request may
give the attribute; **bold**: a create must. "rule": a policy rule of its own guards it there. "-": not shown, only taken or filtered by.
`;

/** The coverage of the Network API as a page of the documentation: every resource, attribute by attribute. */
export function networkReference(resources: ResourceTable): string {
  const rules = new Set(networkPolicy.map(({ name }) => name));
  const parts = declarationsOf(resources)
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map((declaration) => section(declaration, rules));
  return [HEAD, ...parts, definitions(resources)].join('\n');
}

/** neutron-lib's definitions one by one: announced, or why not. */
function definitions(resources: ResourceTable): string {
  const announced = extensionsOf(resources).map(({ alias, name }) => [alias, name, 'yes']);
  const absent = absentDefinitions.flatMap(({ reason, aliases }) => aliases.map((alias) => [alias, '', reason]));
  const rows = [...announced, ...absent].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return [
    "## neutron-lib's definitions",
    '',
    'Every module of `neutron_lib/api/definitions` (June 2026) by its alias, and what `GET /v2.0/extensions` has besides.',
    '',
    '| alias | name | announced |',
    '|---|---|---|',
    ...rows.map(([alias, name, told]) => `| \`${alias}\` | ${name} | ${told} |`),
    '',
  ].join('\n');
}

function actionUrl([name, { method = 'PUT', path = name, member }]: readonly [string, ActionOptions]): string {
  return `\`${method} …/{id}/${path}${member === undefined ? '' : `/{${member}}`}\``;
}

function section(declaration: Declaration, rules: ReadonlySet<string>): string {
  const { path, quota, tags, actions, extensions } = declaration;
  const url = `/v2.0/${path.replaceAll(/:(\w+)/g, '{$1}')}`;
  const aliases = [...new Set(extensions.map(({ alias }) => alias))].toSorted();
  const facts = [
    ['Actions', [...actions].map(actionUrl).join(', ')],
    ['Tags', tags ? '`…/{id}/tags`' : ''],
    ['Quota', quota ? `\`${declaration.singular}\`` : ''],
    ['Extensions', aliases.map((alias) => `\`${alias}\``).join(', ')],
  ].filter(([, text]) => text !== '');
  const told = declaration.fields.filter(
    ({ visible, post, put, filter }) => visible || (post ?? put) !== undefined || filter !== false,
  );
  const rows = told.map((field) => row(declaration, field, rules));
  return [
    `## \`${url}\``,
    '',
    ...facts.map(([name, text]) => `${name}: ${text}.  `),
    '',
    '| attribute | type | in | default | filter | sort | rule |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function row({ qualified }: Declaration, field: FieldDeclaration, rules: ReadonlySet<string>): string {
  const names = [field.name, ...(field.alias === undefined ? [] : [field.alias])]
    .map((name) => `\`${name}\``)
    .join(', ');
  const post = field.post === undefined ? [] : [field.required ? '**POST**' : 'POST'];
  const guarded = ['create', 'update', 'get'].filter((operation) =>
    rules.has(`${operation}_${qualified}:${field.name}`),
  );
  const cells = [
    field.visible ? names : `- ${names}`,
    typeText(field.type.schema),
    [...post, ...(field.put === undefined ? [] : ['PUT'])].join(', '),
    field.default === undefined || field.post === undefined ? '' : `\`${JSON.stringify(field.default)}\``,
    field.filter === false ? '' : 'yes',
    field.sort ? 'yes' : '',
    guarded.join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** A schema in a few words: `string ≤ 255`, `integer 0…65535`, `a, b or null`, `[address]`. */
function typeText(schema: Readonly<Record<string, unknown>>): string {
  const { anyOf, enum: values, type, items, format, maxLength, minimum, maximum } = schema;
  if (Array.isArray(values)) return values.map(String).join(', ');
  if (Array.isArray(anyOf) && type === undefined) return anyOf.map((each) => typeText({ ...each })).join(' or ');
  if (type === 'array' && typeof items === 'object') return `[${typeText({ ...items })}]`;
  if (type === 'string' && Array.isArray(anyOf)) return 'address';
  if (typeof format === 'string') return format;
  if (typeof maxLength === 'number') return `string ≤ ${maxLength}`;
  if (typeof minimum === 'number' && typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER) {
    return `integer ${minimum}…${maximum}`;
  }
  return String(type);
}
