"""Rows of Parquet files as pyarrow reads them, in the text of RowText.cs: expect.py FOLDER OUT writes one text file for each, and prints lines for corpus.txt."""
import decimal
import hashlib
import os
import struct
import sys

import pyarrow as pa
import pyarrow.parquet as pq

MICROS = {"s": 1_000_000, "ms": 1000, "us": 1}


def scalar(t, v):
    if pa.types.is_boolean(t):
        return "true" if v.as_py() else "false"
    if pa.types.is_integer(t):
        return str(v.as_py())
    if pa.types.is_float16(t):
        return "f" + struct.pack(">f", v.as_py()).hex()
    if pa.types.is_float32(t):
        return "f" + bits(v, 4)
    if pa.types.is_float64(t):
        return "d" + bits(v, 8)
    if pa.types.is_decimal(t):
        return str(int(v.as_py().scaleb(t.scale, decimal.Context(prec=60))))
    if pa.types.is_date32(t):
        return str(v.cast(pa.int32()).as_py())
    if pa.types.is_timestamp(t):
        n = v.cast(pa.int64()).as_py()
        return str(n if t.unit == "ns" else n * MICROS[t.unit])
    if pa.types.is_time(t):
        n = v.cast(pa.int32() if t.bit_width == 32 else pa.int64()).as_py()
        return str(n // 1000 if t.unit == "ns" else n * MICROS[t.unit])
    if pa.types.is_string(t) or pa.types.is_large_string(t):
        return "x" + v.as_py().encode().hex()
    if pa.types.is_binary(t) or pa.types.is_large_binary(t) or pa.types.is_fixed_size_binary(t):
        return "x" + v.as_py().hex()
    raise ValueError(f"type {t}")


def bits(v, width):
    return pa.array([v.as_py()], v.type).buffers()[1].to_pybytes()[:width][::-1].hex()


def dump(v):
    t = v.type
    if not v.is_valid:
        return "null"
    if isinstance(t, pa.ExtensionType):
        return dump(v.value)
    if pa.types.is_struct(t):
        return "{" + ",".join(dump(v[i]) for i in range(t.num_fields)) + "}"
    if pa.types.is_map(t) or pa.types.is_list(t) or pa.types.is_large_list(t):
        return "[" + ",".join(dump(e) for e in (v.values if v.values is not None else [])) + "]"
    return scalar(t, v)


def main(folder, out):
    os.makedirs(out, exist_ok=True)
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".parquet"):
            continue
        try:
            table = pq.ParquetFile(os.path.join(folder, name), coerce_int96_timestamp_unit="us", page_checksum_verification=True).read()
            rows = ["|".join(dump(c[i]) for c in table.columns) for i in range(table.num_rows)]
        except Exception as e:
            print(f"# {name}: {type(e).__name__} {str(e)[:150]}".replace("\n", " "))
            continue
        text = "".join(r + "\n" for r in rows)
        with open(os.path.join(out, name + ".txt"), "w") as f:
            f.write(text)
        print(f"{name} {len(rows)} {hashlib.sha256(text.encode()).hexdigest()}")


main(*sys.argv[1:])
