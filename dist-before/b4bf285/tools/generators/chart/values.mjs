// Reads a chart's values.yaml with its comments: what each value is for, its default and its JSON Schema.
import { isMap, parseDocument } from 'yaml';

/** `# -- text`, continued on following lines, and one `# @schema {...}`. */
function readComment(comment, path) {
  const lines = (comment ?? '').split('\n').map((line) => line.trim());
  const start = lines.findIndex((line) => line.startsWith('--'));
  const hint = lines.findIndex((line) => line.startsWith('@schema'));
  const end = hint >= 0 ? hint : lines.length;
  const text = start < 0 ? [] : [lines[start].slice(2).trim(), ...lines.slice(start + 1, end)];
  let schema;
  if (hint >= 0) {
    try {
      schema = JSON.parse(lines.slice(hint).join(' ').slice('@schema'.length));
    } catch (cause) {
      throw new Error(`values.yaml: the @schema of ${path} is no JSON`, { cause });
    }
  }
  return { text: text.join(' ').trim(), schema };
}

function typeOf(value, path) {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object' && value !== null) return 'object';
  throw new Error(`values.yaml: ${path} is null and needs an @schema`);
}

/** The values below one map, depth first, in the order of the file. */
function readMap(map, prefix, rows) {
  const properties = {};
  for (const [index, pair] of map.items.entries()) {
    const key = String(pair.key.value);
    const path = prefix === '' ? key : `${prefix}.${key}`;
    // The parser gives the comment before the first key of a map to the map.
    const { text, schema } = readComment(pair.key.commentBefore ?? (index === 0 ? map.commentBefore : undefined), path);
    const value = pair.value?.toJSON() ?? null;
    const described = text === '' ? {} : { description: text };
    if (schema?.$ref !== undefined) {
      properties[key] = { ...schema };
      rows.push({ path, text, value });
      continue;
    }
    const isGroup = isMap(pair.value) && pair.value.items.length > 0 && schema === undefined;
    if (isGroup) {
      if (text !== '') rows.push({ path, text, value: undefined });
      properties[key] = {
        type: 'object',
        ...described,
        additionalProperties: false,
        properties: readMap(pair.value, path, rows),
      };
      continue;
    }
    const type = schema?.type ?? typeOf(value, path);
    if (type === 'object' && schema === undefined)
      throw new Error(`values.yaml: ${path} is empty and needs an @schema`);
    if (type === 'array' && schema?.items === undefined)
      throw new Error(`values.yaml: ${path} needs items in an @schema`);
    properties[key] = { type, ...described, ...schema };
    rows.push({ path, text, value });
  }
  return properties;
}

/** The properties of the schema, and one row for each value. */
export function readValues(text) {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw document.errors[0];
  const rows = [];
  const properties = readMap(document.contents, '', rows);
  return { properties, rows };
}

const cell = (text) => text.replaceAll('|', '\\|');

/** A table in Markdown. */
export function valuesTable(rows) {
  const lines = rows.map(({ path, text, value }) => {
    const shown = value === undefined ? '' : `\`${cell(JSON.stringify(value))}\``;
    return `| \`${path}\` | ${shown} | ${cell(text)} |`;
  });
  return ['| Value | Default | Meaning |', '| --- | --- | --- |', ...lines].join('\n');
}
