"""Random Avro schemas, their evolutions and records, written by fastavro, with the rows that have to come of them.

Usage: avro_judge.py SEED CASES. Prints a JSON object for each case: {"schemas": [text], "records": [[schema, hex, row]]}. Rows are texts: a struct is
{name=value,...} by name, without nulls; times are microseconds; strings and bytes are hex; floats are the bits of a double.
"""
import datetime, decimal, io, json, random, struct, sys, uuid
import fastavro

decimal.getcontext().prec = 60
EPOCH = datetime.datetime(1970, 1, 1)


class Schemas:
    def __init__(self, rng):
        self.rng, self.count = rng, 0

    def name(self, stem):
        self.count += 1
        return f"{stem}{self.count}"

    def primitive(self):
        r = self.rng
        p = r.randint(1, 38)
        size = r.randint(1, 20)
        return r.choice([
            "boolean", "int", "long", "float", "double", "string", "bytes", "int", "long", "string",
            {"type": "fixed", "name": self.name("f"), "size": size},
            {"type": "enum", "name": self.name("e"), "symbols": [self.name("S") for _ in range(r.randint(1, 4))]},
            {"type": "bytes", "logicalType": "decimal", "precision": p, "scale": r.randint(0, p)},
            {"type": "fixed", "name": self.name("d"), "size": 17, "logicalType": "decimal", "precision": p, "scale": r.randint(0, p)},
            {"type": "string", "logicalType": "uuid"},
            {"type": "int", "logicalType": "date"},
            {"type": "int", "logicalType": "time-millis"},
            {"type": "long", "logicalType": "time-micros"},
            {"type": "long", "logicalType": "timestamp-millis"},
            {"type": "long", "logicalType": "timestamp-micros"},
            {"type": "long", "logicalType": "timestamp-nanos"},
            {"type": "long", "logicalType": "local-timestamp-millis"},
            {"type": "long", "logicalType": "local-timestamp-micros"},
            {"type": "fixed", "name": self.name("u"), "size": 12, "logicalType": "duration"},
            {"type": "long", "logicalType": "no-such-type"},
        ])

    def type(self, depth):
        r = self.rng
        what = r.random()
        if depth > 0 and what < 0.12:
            return self.record(depth - 1)
        if depth > 0 and what < 0.22:
            return {"type": "array", "items": self.type(depth - 1)}
        if depth > 0 and what < 0.30:
            return {"type": "map", "values": self.type(depth - 1)}
        if what < 0.50:
            inner = self.type(depth)
            if isinstance(inner, list):
                return inner
            return ["null", inner] if r.random() < 0.7 else [inner, "null"]
        if depth > 0 and what < 0.56:
            branches = r.sample(["int", "string", "double", "boolean", "bytes"], r.randint(2, 4)) + [self.record(0)]
            if r.random() < 0.5:
                branches.insert(r.randint(0, len(branches)), "null")
            return branches
        return self.primitive()

    def field(self, depth):
        field = {"name": self.name("c"), "type": self.type(depth)}
        if self.rng.random() < 0.1:
            field["doc"] = "what it is"
        return field

    def record(self, depth):
        return {"type": "record", "name": self.name("R"), "namespace": self.rng.choice(["a.b", "x"]), "fields": [self.field(depth) for _ in range(self.rng.randint(1, 5))]}

    def evolved(self, record):
        """The record's next version: fields come, go, widen, become optional, are renamed."""
        r = self.rng
        fields = []
        for field in record["fields"]:
            field = json.loads(json.dumps(field))
            what = r.random()
            if what < 0.10 and len(record["fields"]) > 1:
                continue
            if what < 0.35:
                field["type"] = self.wider(field["type"])
            elif what < 0.45 and not isinstance(field["type"], list):
                field["type"] = ["null", field["type"]]
            elif what < 0.55:
                field["aliases"] = field.get("aliases", []) + [field["name"]]
                field["name"] = self.name("n")
            fields.append(field)
        for _ in range(r.randint(0, 2)):
            fields.insert(r.randint(0, len(fields)), {"name": self.name("c"), "type": ["null", self.primitive()], "default": None})
        return {**record, "fields": fields or [self.field(0)]}

    def wider(self, type):
        if type == "int":
            return "long"
        if type == "float":
            return "double"
        if isinstance(type, list) and len(type) == 2 and "null" in type:
            return [b if b == "null" else self.wider(b) for b in type]
        if isinstance(type, dict):
            kind = type["type"]
            if type.get("logicalType") == "decimal" and kind == "bytes":
                return {**type, "precision": self.rng.randint(type["precision"], 38)}
            if kind == "record":
                return self.evolved(type)
            if kind == "array":
                return {**type, "items": self.wider(type["items"])}
            if kind == "map":
                return {**type, "values": self.wider(type["values"])}
        return type


def shown(value):
    return "null" if value[1] is None else value[1]


class Data:
    """Values, each with the text of what a column holds of it; None for null."""

    def __init__(self, rng, renamed):
        self.rng, self.renamed = rng, renamed

    def last(self, name):
        while name in self.renamed:
            name = self.renamed[name]
        return name

    def of(self, type):
        r = self.rng
        if isinstance(type, list):
            branch = r.choice(type)
            if branch == "null":
                return None, None
            value, text = self.of(branch)
            name = branch if isinstance(branch, str) else branch.get("name", branch["type"])
            full = f"{branch['namespace']}.{name}" if isinstance(branch, dict) and "namespace" in branch else name
            valued = [b for b in type if b != "null"]
            if len(valued) == 1:
                return value, text
            return (full, value), "{" + (f"{name}={text}" if text is not None else "") + "}"
        kind = type if isinstance(type, str) else type["type"]
        logical = None if isinstance(type, str) else type.get("logicalType")
        if kind == "record":
            values = {f["name"]: self.of(f["type"]) for f in type["fields"]}
            inside = ",".join(f"{n}={t}" for n, t in sorted((self.last(n), v[1]) for n, v in values.items()) if t is not None)
            return {n: v[0] for n, v in values.items()}, "{" + inside + "}"
        if kind == "array":
            items = [self.of(type["items"]) for _ in range(r.randint(0, 3))]
            return [i[0] for i in items], "[" + ",".join(shown(i) for i in items) + "]"
        if kind == "map":
            entries = {f"k{i}é": self.of(type["values"]) for i in range(r.randint(0, 3))}
            return {k: v[0] for k, v in entries.items()}, "<" + ",".join(f"{k.encode().hex()}={shown(v)}" for k, v in entries.items()) + ">"
        if logical == "decimal":
            unscaled = r.randint(-(10 ** type["precision"]) + 1, 10 ** type["precision"] - 1)
            return decimal.Decimal(unscaled).scaleb(-type["scale"]), str(unscaled)
        if logical == "uuid":
            value = uuid.UUID(int=r.getrandbits(128))
            return value, value.hex
        if logical == "date":
            days = r.randint(-700000, 2900000)
            return days, str(days)
        if logical == "time-millis":
            ms = r.randint(0, 86399999)
            return ms, str(ms * 1000)
        if logical == "time-micros":
            us = r.randint(0, 86399999999)
            return us, str(us)
        if logical in ("timestamp-millis", "local-timestamp-millis"):
            ms = r.randint(-10 ** 12, 10 ** 13)
            when = EPOCH + datetime.timedelta(milliseconds=ms)
            return when if logical.startswith("local") else when.replace(tzinfo=datetime.timezone.utc), str(ms * 1000)
        if logical in ("timestamp-micros", "local-timestamp-micros"):
            us = r.randint(-10 ** 15, 10 ** 16)
            when = EPOCH + datetime.timedelta(microseconds=us)
            return when if logical.startswith("local") else when.replace(tzinfo=datetime.timezone.utc), str(us)
        if logical == "timestamp-nanos":
            ns = r.randint(-10 ** 18, 4 * 10 ** 18)
            return ns, str(ns // 1000)
        if kind == "boolean":
            value = r.random() < 0.5
            return value, "true" if value else "false"
        if kind in ("int", "long"):
            bits = r.randint(1, 31 if kind == "int" else 63)
            value = r.choice([0, -1, 1, 2 ** bits - 1, -(2 ** bits), r.randint(-(2 ** bits), 2 ** bits - 1)])
            return value, str(value)
        if kind in ("float", "double"):
            value = r.choice([0.0, -0.0, 1.5, float("inf"), r.uniform(-1e9, 1e9)])
            if kind == "float":
                value = struct.unpack("<f", struct.pack("<f", value))[0]
            return value, struct.pack(">d", value).hex()
        if kind == "string":
            value = r.choice(["", "plain", "é€𝄞", "x" * r.randint(0, 100), "a long text of more than thirty-two bytes"])
            return value, value.encode().hex()
        if kind == "bytes":
            value = r.randbytes(r.randint(0, 40))
            return value, value.hex()
        if kind == "fixed":
            value = r.randbytes(type["size"])
            return value, value.hex()
        value = r.choice(type["symbols"])
        return value, value.encode().hex()


def main(seed, cases):
    for case in range(cases):
        rng = random.Random(seed * 1000 + case)
        schemas = Schemas(rng)
        versions = [schemas.record(3)]
        for _ in range(rng.randint(0, 2)):
            versions.append(schemas.evolved(versions[-1]))
        parsed = [fastavro.parse_schema(json.loads(json.dumps(v))) for v in versions]
        records, renamed = [], renames(versions)
        for at in range(30):
            which = at if at < len(versions) else rng.randrange(len(versions))
            value, row = Data(rng, renamed).of(versions[which])
            out = io.BytesIO()
            fastavro.schemaless_writer(out, parsed[which], value)
            records.append([which, out.getvalue().hex(), row])
        print(json.dumps({"schemas": [json.dumps(v) for v in versions], "records": records}))


def renames(versions):
    """By name: the next one of the same field, at every depth; names are never used twice."""
    renamed = {}

    def look(type):
        if isinstance(type, list):
            for branch in type:
                look(branch)
        elif isinstance(type, dict):
            for field in type.get("fields", []):
                for alias in field.get("aliases", [])[-1:]:
                    renamed[alias] = field["name"]
                look(field["type"])
            for part in ("items", "values"):
                if part in type:
                    look(type[part])

    for version in versions:
        look(version)
    return renamed


main(int(sys.argv[1]), int(sys.argv[2]))
