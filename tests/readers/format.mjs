// Values as JSON text, the same whichever reader they come from: numbers bare; NaN, infinities, decimals, dates, times, uuids as strings;
// timestamps 2024-01-31T12:00:00.123456, nine digits for nanoseconds, +00:00 where adjusted to UTC; fixed and binary as hex; maps as
// [[key,value],...] ordered by key.

const floorDiv = (a, b) => (a - (((a % b) + b) % b)) / b;

export function date(days) {
  // Days to year, month, day in the proleptic Gregorian calendar, beyond what Date can hold too.
  let z = BigInt(days) + 719468n;
  const era = floorDiv(z, 146097n);
  const doe = z - era * 146097n;
  const yoe = (doe - doe / 1460n + doe / 36524n - doe / 146096n) / 365n;
  const doy = doe - (365n * yoe + yoe / 4n - yoe / 100n);
  const mp = (5n * doy + 2n) / 153n;
  const day = doy - (153n * mp + 2n) / 5n + 1n;
  const month = mp < 10n ? mp + 3n : mp - 9n;
  const year = yoe + era * 400n + (month <= 2n ? 1n : 0n);
  const y = year < 0n ? '-' + String(-year).padStart(4, '0') : String(year).padStart(4, '0');
  return `${y}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function clock(units, digits) {
  const second = 10n ** BigInt(digits);
  const s = units / second;
  const two = (n) => String(n).padStart(2, '0');
  return `${two(s / 3600n)}:${two((s / 60n) % 60n)}:${two(s % 60n)}.${String(units % second).padStart(digits, '0')}`;
}

export const time = (micros) => clock(BigInt(micros), 6);

export function timestamp(units, digits, utc) {
  units = BigInt(units);
  const day = 86400n * 10n ** BigInt(digits);
  const days = floorDiv(units, day);
  return `${date(days)}T${clock(units - days * day, digits)}${utc ? '+00:00' : ''}`;
}

export function decimal(unscaled, scale) {
  const text = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

export const hex = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

export function uuid(bytes) {
  const h = hex(bytes);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

export function signedBigEndian(bytes) {
  return BigInt.asIntN(bytes.length * 8, BigInt('0x' + hex(bytes)));
}

export function number(value) {
  return Number.isNaN(value) ? 'NaN' : value === Infinity ? 'Infinity' : value === -Infinity ? '-Infinity' : value;
}

export function sortedPairs(pairs) {
  const compare = (a, b) => {
    if ((typeof a === 'number' || typeof a === 'bigint') && (typeof b === 'number' || typeof b === 'bigint')) return a < b ? -1 : a > b ? 1 : 0;
    const x = typeof a === 'string' ? a : json(a), y = typeof b === 'string' ? b : json(b);
    return x < y ? -1 : x > y ? 1 : 0;
  };
  return pairs.sort((a, b) => compare(a[0], b[0]));
}

export function json(value) {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : JSON.stringify(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  return `{${Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}:${json(v)}`).join(',')}}`;
}
