// Iceberg tables by ClickHouse (chdb). It has no null struct, list or map: they read as a struct of nulls, as empty. A time of day reads as whole seconds.
import { basename, dirname } from 'node:path';
import { sortedPairs } from './format.mjs';

const { query } = await import('chdb');

export async function* rows(folder, schema) {
  // It opens files below its working folder only.
  process.chdir(dirname(folder));
  const columns = schema.fields.map((f) => `${column(quoted(f.name), f.type)} AS ${quoted(f.name)}`).join(', ');
  const sql = `SELECT ${columns} FROM icebergLocal('${basename(folder).replaceAll("'", "''")}') SETTINGS output_format_json_quote_64bit_integers = 1,
    output_format_json_quote_decimals = 1, output_format_decimal_trailing_zeros = 1, output_format_json_quote_denormals = 1, output_format_json_escape_forward_slashes = 0`;
  for (const line of query(sql, 'JSONEachRow').split('\n')) {
    if (line) yield struct(JSON.parse(line), schema);
  }
}

const quoted = (name) => `\`${name.replaceAll('`', '\\`')}\``;

// JSON has no bytes: they are written as hex by the query itself, wherever they are.
function column(x, type, depth = 0) {
  if (!hasBytes(type)) return x;
  if (type.type === 'struct') {
    const parts = type.fields.map((f) => column(`tupleElement(${x}, '${f.name}')`, f.type, depth));
    return `CAST(tuple(${parts.join(', ')}), 'Tuple(${type.fields.map((f) => `${quoted(f.name)} ${columnType(f.type)}`).join(', ')})')`;
  }
  const v = `v${depth}`;
  if (type.type === 'list') return `arrayMap(${v} -> ${column(v, type.element, depth + 1)}, ${x})`;
  if (type.type === 'map') return `mapApply((k${depth}, ${v}) -> (${column(`k${depth}`, type.key, depth + 1)}, ${column(v, type.value, depth + 1)}), ${x})`;
  return `lower(hex(${x}))`;
}

function hasBytes(type) {
  if (type.type === 'struct') return type.fields.some((f) => hasBytes(f.type));
  if (type.type === 'list') return hasBytes(type.element);
  if (type.type === 'map') return hasBytes(type.key) || hasBytes(type.value);
  return type === 'binary' || type.startsWith('fixed');
}

function columnType(type) {
  if (type.type === 'struct') return `Tuple(${type.fields.map((f) => `${quoted(f.name)} ${columnType(f.type)}`).join(', ')})`;
  if (type.type === 'list') return `Array(${columnType(type.element)})`;
  if (type.type === 'map') return `Map(${columnType(type.key).replace(/^Nullable\((.*)\)$/, '$1')}, ${columnType(type.value)})`;
  const names = { boolean: 'Bool', int: 'Int32', long: 'Int64', float: 'Float32', double: 'Float64', date: 'Date32', time: 'Int64', timestamp: 'DateTime64(6)', timestamptz: "DateTime64(6, \\'UTC\\')", uuid: 'UUID' };
  return `Nullable(${type.startsWith('decimal') ? `Decimal${type.slice(7)}` : names[type] ?? 'String'})`;
}

function struct(value, { fields }) {
  return Object.fromEntries(fields.map((f) => [f.name, convert(value[f.name], f.type)]));
}

function convert(value, type) {
  if (value === null || value === undefined) return null;
  if (type.type === 'struct') return struct(value, type);
  if (type.type === 'list') return value.map((v) => convert(v, type.element));
  if (type.type === 'map') return sortedPairs(Object.entries(value).map(([k, v]) => [convert(k, type.key), convert(v, type.value)]));
  switch (type) {
    case 'long':
    case 'time': return BigInt(value);
    case 'float':
    case 'double': return { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' }[value] ?? Number(value);
    case 'timestamp': return value.replace(' ', 'T');
    case 'timestamptz': return value.replace(' ', 'T') + '+00:00';
    default: return value;
  }
}
