// What the chart has to know about the options of the programs.

/** Options that the chart sets itself: they are no part of `config`. */
const chartsOwn = new Set([
  'DEFAULT.state_path',
  'DEFAULT.ephemeral',
  'DEFAULT.backdoor_port',
  'DEFAULT.rpc_workers',
  'DEFAULT.log_file',
  'DEFAULT.log_dir',
  'database.auto_migrate',
  'health.listen',
  'health.port',
  'wsgi.api_paste_config',
  'oslo_policy.policy_file',
  ...['identity', 'osapi_compute', 'metadata', 'image', 'network'].flatMap((api) => [
    `DEFAULT.${api}_listen_port`,
    `DEFAULT.${api}_workers`,
  ]),
]);

/** Secrets that have a value of their own, `secrets.*`. */
const namedSecrets = new Set([
  'DEFAULT.transport_url',
  'database.connection',
  'identity.admin_password',
  'identity.signing_keys',
]);

const idOf = (option) => `${option.group}.${option.name}`;

/** The programs' schema, reduced to the options that `keep` lets through. */
function reduced(schema, keep) {
  const groups = Object.entries(schema.properties).map(([group, part]) => [
    group,
    {
      ...part,
      properties: Object.fromEntries(Object.entries(part.properties).filter(([name]) => keep(`${group}.${name}`))),
    },
  ]);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(groups.filter(([, part]) => Object.keys(part.properties).length > 0)),
  };
}

/** Definitions `config` and `secretConfig` of the chart's schema. */
export function configDefinitions(schema, declarations) {
  const options = declarations.flatMap((declaration) => declaration.options);
  const known = new Set(options.map(idOf));
  for (const name of [...chartsOwn, ...namedSecrets]) {
    if (!known.has(name)) throw new Error(`tools/generators/chart: no option ${name} any more`);
  }
  const secret = new Set(options.filter((option) => option.secret === true).map(idOf));
  return {
    config: reduced(schema, (id) => !secret.has(id) && !chartsOwn.has(id)),
    secretConfig: reduced(schema, (id) => secret.has(id) && !namedSecrets.has(id)),
  };
}

/**
 * How a value that is no plain text is written to a configuration file, and which options may change while the
 * programs run: by `group.name`, the plain rest left out.
 */
export function optionFacts(declarations) {
  const facts = {};
  for (const option of declarations.flatMap((declaration) => declaration.options)) {
    const fact = {};
    if (option.type.multi === true) fact.multi = true;
    if (/\bdict\b/.test(option.type.name)) fact.separator = option.type.format({ k: 'v' }).replaceAll(/[kv]/g, '');
    if (option.mutable === true) fact.mutable = true;
    if (Object.keys(fact).length > 0) facts[idOf(option)] = fact;
  }
  return facts;
}
