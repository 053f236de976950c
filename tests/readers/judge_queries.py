"""Asks a running k2i for the rows that meet random filters, and DuckDB the same of the rows that were produced; pyarrow reads the answers.

    python judge_queries.py URL ROWS FLUSHED SEED COUNT        (needs duckdb, pyarrow)

URL is of the table, as http://127.0.0.1:8080/v1/tables/events; ROWS a file of expected rows as JSON lines, all of them in memory; FLUSHED
says which are in files, as partition:next with commas between. Exits 1 with the first answer that differs.
"""
import json
import random
import sys
import urllib.parse
import urllib.request

import duckdb
import pyarrow as pa
import pyarrow.ipc as ipc

# Column, its type for DuckDB, and whether it can be compared. The name is a path in both languages.
COLUMNS = [
    ("id", "BIGINT", True), ("flag", "BOOLEAN", True), ("small", "INTEGER", True), ("ratio", "FLOAT", True), ("score", "DOUBLE", True),
    ("amount", "DECIMAL(12,2)", True), ("born", "DATE", True), ("at_time", "TIME", True), ("local", "TIMESTAMP", True),
    ("seen", "TIMESTAMPTZ", True), ("name", "VARCHAR", True), ("token", "UUID", True), ("blob", "BLOB", True),
    ("user.id", "BIGINT", True), ("user.name", "VARCHAR", True), ("_kafka.partition", "INTEGER", True), ("_kafka.offset", "BIGINT", True),
    ("user", "", False), ("tags", "VARCHAR[]", False), ("counts", "", False), ("steps", "", False),
]
TOP = [c for c in COLUMNS if "." not in c[0]]
COMPARED = [c for c in COLUMNS if c[2]]


def load(path):
    """The judge's table: text by text, cast by DuckDB alone."""
    rows = [json.loads(line) for line in open(path, encoding="utf-8")]
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    parts = []
    for name, kind, compared in TOP:
        if compared:
            parts.append(f"unhex(r->>'{name}') AS blob" if kind == "BLOB" else f"CAST(r->>'{name}' AS {kind}) AS {name}")
    parts.append("""CAST(r->'user' AS STRUCT(id BIGINT, name VARCHAR, tags VARCHAR[])) AS "user" """)
    parts.append("CAST(r->'tags' AS VARCHAR[]) AS tags")
    parts.append("json_type(r->'counts') = 'ARRAY' AS has_counts, json_type(r->'steps') = 'ARRAY' AS has_steps")
    parts.append("""struct_pack(topic := r->>'$._kafka.topic', "partition" := CAST(r->>'$._kafka.partition' AS INTEGER),
        "offset" := CAST(r->>'$._kafka.offset' AS BIGINT)) AS _kafka""")
    db.execute("CREATE TABLE texts (r JSON)")
    db.executemany("INSERT INTO texts VALUES (?)", [[json.dumps(row)] for row in rows])
    db.execute(f"CREATE TABLE rows AS SELECT {', '.join(parts)} FROM texts")
    return db, rows


def value_of(row, path):
    for name in path.split("."):
        row = None if row is None else row[name]
    return row


class Filters:
    """Random conditions, each in the language of k2i and in SQL."""

    def __init__(self, seed, rows):
        self.random, self.rows = random.Random(seed), rows

    def next(self, depth=3):
        if depth == 0 or self.random.random() < 0.3:
            return self.predicate()
        kind = self.random.choice(["not", "and", "or"])
        one, sql = self.next(depth - 1)
        if kind == "not":
            return f"not ({one})", f"NOT ({sql})"
        other, sql2 = self.next(depth - 1)
        return f"({one}) {kind} ({other})", f"({sql}) {kind} ({sql2})"

    def predicate(self):
        name, kind, compared = self.random.choice(COLUMNS)
        column = ".".join(f'"{part}"' for part in name.split("."))
        if not compared or self.random.random() < 0.15:
            said = self.random.choice(["is null", "is not null"])
            if name in ("counts", "steps"):
                column = f"CASE WHEN has_{name} THEN 1 END"
            return f"`{name}` {said}", f"{column} {said}"
        if kind == "VARCHAR" and self.random.random() < 0.3:
            prefix = self.value(name)
            prefix = prefix[: self.random.randint(0, min(len(prefix), 6))].replace("%", "").replace("_", "")
            return f"`{name}` like {quoted(prefix + '%')}", f"starts_with({column}, {quoted(prefix)})"
        if self.random.random() < 0.25:
            values = [self.value(name) for _ in range(self.random.randint(1, 12))]
            said = self.random.choice(["in", "not in"])
            return (f"`{name}` {said} ({', '.join(quoted(v) for v in values)})",
                    f"{column} {said} ({', '.join(literal(v, kind) for v in values)})")
        said, value = self.random.choice(["=", "!=", "<", "<=", ">", ">="]), self.value(name)
        return f"`{name}` {said} {quoted(value)}", f"{column} {said} {literal(value, kind)}"

    def value(self, name):
        """A value of the column in some row, as text."""
        while True:
            value = value_of(self.random.choice(self.rows), name)
            if value is not None:
                return json.dumps(value) if not isinstance(value, str) else value


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def literal(text, kind):
    return f"unhex({quoted(text)})" if kind == "BLOB" else f"CAST({quoted(text)} AS {kind})"


def ask(url, source, where):
    query = urllib.parse.urlencode({"format": "arrow", "source": source, "limit": 100000, "where": where})
    with urllib.request.urlopen(f"{url}/scan?{query}", timeout=60) as answer:
        table = ipc.open_stream(answer.read()).read_all()
        table.validate(full=True)
        return table


def plain(table):
    """What DuckDB takes as it is: ids as 16 bytes, and no map."""
    at = table.schema.get_field_index("token")
    column = table.column(at)
    if isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    return table.set_column(at, "token", column.cast(pa.binary()))


def main():
    url, path, flushed, seed, count = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
    db, rows = load(path)
    in_files = " OR ".join('(_kafka."partition" = {} AND _kafka."offset" < {})'.format(*part.split(":")) for part in flushed.split(","))
    names = ", ".join(f'"{name}"' for name, _, compared in TOP if compared and name != "token")
    asked = f"""{names}, hex(token) AS token, "user", tags, _kafka.topic, _kafka."partition", _kafka."offset", """
    filters, found = Filters(seed, rows), 0
    for _ in range(count):
        where, sql = filters.next()
        for source in ("hot", "cold", "both"):
            table = ask(url, source, where)
            answer = plain(table)
            db.register("answer", answer)
            got = f"""SELECT {asked} counts IS NOT NULL AS c, steps IS NOT NULL AS s FROM answer"""
            wanted = f"""SELECT {names}, replace(upper(CAST(token AS VARCHAR)), '-', '') AS token, "user", tags, _kafka.topic,
                _kafka."partition", _kafka."offset", coalesce(has_counts, false) AS c, coalesce(has_steps, false) AS s
                FROM rows WHERE ({sql})"""
            if source == "cold":
                wanted += f" AND ({in_files})"
            extra = db.execute(f"SELECT COLUMNS(*)::VARCHAR FROM ({got} EXCEPT ALL {wanted})").fetchall()
            missing = db.execute(f"SELECT COLUMNS(*)::VARCHAR FROM ({wanted} EXCEPT ALL {got})").fetchall()
            if extra or missing:
                print(f"seed {seed}, source {source}\nwhere {where}\nSQL {sql}\ntoo many: {extra[:2]}\nmissing: {missing[:2]}")
                sys.exit(1)
            found += answer.num_rows
            db.unregister("answer")
    assert found > len(rows), "filters that nothing meets"
    print(f"{found} rows of {3 * count} answers")


main()
