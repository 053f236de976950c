"""Random Protobuf schemas, messages and what Google's library reads in them, as JSON lines: protobuf_cases.py SEED SCHEMAS RECORDS.

A line is a schema {"text", "set" (base64), "message", "records": [{"bytes" (base64), "row"}]}. A row is a list of its columns' values: null, true and false; whole
numbers and texts as strings; floating point as the hex of its bits; bytes as hex; messages and lists as lists; maps as lists of pairs in order of their keys;
messages that hold themselves, and JSON, as {"json": ...}. Records are messages of the schema, joined, shuffled and with fields it does not know.
"""
import base64, json, random, struct, sys
from google.protobuf import descriptor_pb2 as pb, descriptor_pool, json_format, message_factory
from google.protobuf import any_pb2, duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2

F = pb.FieldDescriptorProto
INTEGERS = {
    F.TYPE_INT32: (-2**31, 2**31 - 1), F.TYPE_SINT32: (-2**31, 2**31 - 1), F.TYPE_SFIXED32: (-2**31, 2**31 - 1),
    F.TYPE_INT64: (-2**63, 2**63 - 1), F.TYPE_SINT64: (-2**63, 2**63 - 1), F.TYPE_SFIXED64: (-2**63, 2**63 - 1),
    F.TYPE_UINT32: (0, 2**32 - 1), F.TYPE_FIXED32: (0, 2**32 - 1), F.TYPE_UINT64: (0, 2**64 - 1), F.TYPE_FIXED64: (0, 2**64 - 1),
}
NAMES = {v: k[5:].lower() for k, v in F.Type.items()}
KEYS = [*INTEGERS, F.TYPE_BOOL, F.TYPE_STRING]
SCALARS = [*INTEGERS, F.TYPE_BOOL, F.TYPE_STRING, F.TYPE_BYTES]
REALS = [F.TYPE_FLOAT, F.TYPE_DOUBLE]
KNOWN = ["Timestamp", "Duration", "Any", "Struct", "Value", "ListValue"] + [
    t + "Value" for t in ("Int32", "Int64", "UInt32", "UInt64", "Bool", "String", "Bytes", "Float", "Double")]
IMPORTS = ["timestamp", "duration", "any", "struct", "wrappers"]


class Schema:
    """Messages of one file; `recursive` ones are read as JSON at their second visit, so they hold no floating point."""

    def __init__(self, rnd):
        self.rnd, self.syntax = rnd, rnd.choice(["proto2", "proto3", "editions"])
        self.file = pb.FileDescriptorProto(name="schema.proto", package="p.q", dependency=[f"google/protobuf/{i}.proto" for i in IMPORTS])
        if self.syntax == "proto3":
            self.file.syntax = "proto3"
        elif self.syntax == "editions":
            self.file.syntax, self.file.edition = "editions", pb.EDITION_2023
            self.implicit, self.delimited = rnd.random() < 0.5, rnd.random() < 0.3
            if self.implicit:
                self.file.options.features.field_presence = pb.FeatureSet.IMPLICIT
            if self.delimited:
                self.file.options.features.message_encoding = pb.FeatureSet.DELIMITED
        color = self.file.enum_type.add(name="Color")
        for number, name in enumerate(["NONE", "RED", "GREEN"]):
            color.value.add(name=name, number=number)
        color.value.add(name="FAR", number=-7 if self.syntax != "proto3" else 1_000_000)
        self.lines = []
        for name, others, recursive in [("Leaf", [], False), ("Tree", ["Tree"], True), ("Mid", ["Leaf"], False), ("Top", ["Leaf", "Mid", "Tree"], False)]:
            self.message(name, others, recursive)

    def field(self, message, name, number, others, recursive, oneof=None):
        rnd = self.rnd
        repeated = oneof is None and rnd.random() < 0.3
        if oneof is None and rnd.random() < 0.15:
            return self.map_field(message, name, number, others, recursive)
        f = message.field.add(name=name, number=number, label=F.LABEL_REPEATED if repeated else F.LABEL_OPTIONAL)
        kind, options, feature = rnd.random(), [], None
        if kind < 0.25 and others:
            f.type, f.type_name = F.TYPE_MESSAGE, ".p.q." + rnd.choice(others)
        elif kind < 0.4 and not recursive:
            f.type, f.type_name = F.TYPE_MESSAGE, ".google.protobuf." + rnd.choice(KNOWN)
        elif kind < 0.5:
            f.type, f.type_name = F.TYPE_ENUM, ".p.q.Color"
        else:
            f.type = rnd.choice(SCALARS if recursive else SCALARS + REALS)
        if repeated and f.type not in (F.TYPE_STRING, F.TYPE_BYTES, F.TYPE_MESSAGE) and self.syntax != "editions" and rnd.random() < 0.5:
            f.options.packed = rnd.random() < 0.5
            options.append(f"packed = {'true' if f.options.packed else 'false'}")
        label = "repeated " if repeated else ""
        if self.syntax == "proto2" and not repeated and oneof is None:
            label = "optional "
        elif self.syntax == "proto3" and not repeated and oneof is None and rnd.random() < 0.3:
            label, f.proto3_optional = "optional ", True
        elif self.syntax == "editions" and not repeated and oneof is None and f.type != F.TYPE_MESSAGE and rnd.random() < 0.4:
            explicit = rnd.random() < 0.5
            f.options.features.field_presence = pb.FeatureSet.EXPLICIT if explicit else pb.FeatureSet.IMPLICIT
            options.append(f"features.field_presence = {'EXPLICIT' if explicit else 'IMPLICIT'}")
        elif self.syntax == "editions" and f.type == F.TYPE_MESSAGE and rnd.random() < 0.3:
            delimited = rnd.random() < 0.5
            f.options.features.message_encoding = pb.FeatureSet.DELIMITED if delimited else pb.FeatureSet.LENGTH_PREFIXED
            options.append(f"features.message_encoding = {'DELIMITED' if delimited else 'LENGTH_PREFIXED'}")
        if oneof is not None:
            f.oneof_index = oneof
        type_name = f.type_name if f.type in (F.TYPE_MESSAGE, F.TYPE_ENUM) else NAMES[f.type]
        return f, f"{label}{type_name} {name} = {number}" + (f" [{', '.join(options)}]" if options else "") + ";"

    def map_field(self, message, name, number, others, recursive):
        entry = message.nested_type.add(name="".join(p.capitalize() for p in name.split("_")) + "Entry")
        entry.options.map_entry = True
        key = entry.field.add(name="key", number=1, label=F.LABEL_OPTIONAL, type=self.rnd.choice(KEYS))
        value = entry.field.add(name="value", number=2, label=F.LABEL_OPTIONAL)
        if others and self.rnd.random() < 0.4:
            value.type, value.type_name = F.TYPE_MESSAGE, ".p.q." + self.rnd.choice(others)
        elif self.rnd.random() < 0.2:
            value.type, value.type_name = F.TYPE_ENUM, ".p.q.Color"
        else:
            value.type = self.rnd.choice(SCALARS if recursive else SCALARS + REALS)
        f = message.field.add(name=name, number=number, label=F.LABEL_REPEATED, type=F.TYPE_MESSAGE, type_name=f".p.q.{message.name}.{entry.name}")
        return f, f"map<{NAMES[key.type]}, {value.type_name or NAMES[value.type]}> {name} = {number};"

    def message(self, name, others, recursive):
        message, rnd = self.file.message_type.add(name=name), self.rnd
        lines, numbers = [], rnd.sample([*range(1, 18), 127, 128, 200, 2047, 2048, 100_000, 2**29 - 1], rnd.randint(3, 9))
        for i, number in enumerate(numbers):
            lines.append(self.field(message, f"f{i}_{name.lower()}", number, others, recursive)[1])
        if rnd.random() < 0.6:
            oneof = len(message.oneof_decl)
            message.oneof_decl.add(name="choice")
            members = [self.field(message, f"c{i}", number, others, recursive, oneof)[1] for i, number in enumerate(rnd.sample(range(20, 90), 3))]
            lines.append("oneof choice { " + " ".join(members) + " }")
        synthetic = [f for f in message.field if f.proto3_optional]
        for f in synthetic:
            f.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name="_" + f.name)
        self.lines.append(f"message {name} {{\n  " + "\n  ".join(lines) + "\n}")

    def text(self):
        head = 'edition = "2023";' if self.syntax == "editions" else f'syntax = "{self.syntax}";'
        options = []
        if self.syntax == "editions" and self.implicit:
            options.append("option features.field_presence = IMPLICIT;")
        if self.syntax == "editions" and self.delimited:
            options.append("option features.message_encoding = DELIMITED;")
        values = " ".join(f"{v.name} = {v.number};" for v in self.file.enum_type[0].value)
        imports = [f'import "google/protobuf/{i}.proto";' for i in IMPORTS]
        return "\n".join([head, "package p.q;", *imports, *options, f"enum Color {{ {values} }}", *self.lines])


def varint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes(out + bytes([n]))


def fields_of(data):
    """The top fields of a message, each as its bytes."""
    out, at = [], 0

    def read(at):
        n = shift = 0
        while True:
            b = data[at]
            n, shift, at = n | (b & 0x7F) << shift, shift + 7, at + 1
            if b < 0x80:
                return n, at

    def skip(at, tag):
        wire = tag & 7
        if wire == 0:
            return read(at)[1]
        if wire == 1:
            return at + 8
        if wire == 5:
            return at + 4
        if wire == 2:
            n, at = read(at)
            return at + n
        while True:
            inner, at = read(at)
            if inner & 7 == 4:
                return at
            at = skip(at, inner)

    while at < len(data):
        start = at
        tag, at = read(at)
        at = skip(at, tag)
        out.append(data[start:at])
    return out


class Values:
    def __init__(self, rnd):
        # Of all durations, as one that is put together of two has to have one sign.
        self.rnd, self.sign = rnd, rnd.choice([-1, 1])

    def text(self):
        return "".join(self.rnd.choice("abc\"\\ é€😀\n<>&/") for _ in range(self.rnd.choice([0, 1, 3, 12, 40])))

    def scalar(self, kind):
        rnd = self.rnd
        if kind in INTEGERS:
            low, high = INTEGERS[kind]
            return rnd.choice([0, 1, low, high, rnd.randint(low, high), rnd.randint(0, 300)])
        if kind == F.TYPE_BOOL:
            return rnd.random() < 0.5
        if kind == F.TYPE_STRING:
            return self.text()
        if kind == F.TYPE_BYTES:
            return rnd.randbytes(rnd.choice([0, 1, 5, 16]))
        if kind == F.TYPE_ENUM:
            return rnd.choice([0, 1, 2])
        value = rnd.choice([0.0, -0.0, 1.5, float("inf"), rnd.uniform(-1e9, 1e9)])
        return struct.unpack("<f", struct.pack("<f", value))[0] if kind == F.TYPE_FLOAT else value

    def json_value(self, depth=0):
        rnd = self.rnd
        kind = rnd.randint(0, 5 if depth < 3 else 3)
        return [None, rnd.randint(-1000, 1000), self.text(), rnd.random() < 0.5,
                {self.text(): self.json_value(depth + 1) for _ in range(rnd.randint(0, 3))} if depth < 3 else None,
                [self.json_value(depth + 1) for _ in range(rnd.randint(0, 3))] if depth < 3 else None][kind]

    def fill(self, m, depth=0):
        rnd, name = self.rnd, m.DESCRIPTOR.full_name
        if name.startswith("google.protobuf."):
            return self.known(m, name[16:])
        for f in m.DESCRIPTOR.fields:
            if rnd.random() < 0.45:
                continue
            if f.message_type and f.message_type.GetOptions().map_entry:
                value = f.message_type.fields_by_name["value"]
                for _ in range(rnd.randint(0, 3)):
                    key = self.scalar(f.message_type.fields_by_name["key"].type)
                    if value.message_type:
                        if depth < 4:
                            self.fill(getattr(m, f.name)[key], depth + 1)
                    else:
                        getattr(m, f.name)[key] = self.scalar(value.type)
            elif f.is_repeated:
                for _ in range(rnd.choice([0, 1, 2, 5])):
                    if f.message_type:
                        if depth < 4:
                            self.fill(getattr(m, f.name).add(), depth + 1)
                    else:
                        getattr(m, f.name).append(self.scalar(f.type))
            elif f.message_type:
                if depth < 4:
                    getattr(m, f.name).SetInParent()
                    self.fill(getattr(m, f.name), depth + 1)
            else:
                setattr(m, f.name, self.scalar(f.type))
        return m

    def known(self, m, name):
        rnd = self.rnd
        if name == "Timestamp":
            m.seconds, m.nanos = rnd.randint(-62135596800, 253402300799), rnd.choice([0, 1, 1000, 500_000_000, 999_999_999])
        elif name == "Duration":
            m.seconds, m.nanos = self.sign * rnd.randint(0, 315_576_000_000), self.sign * rnd.choice([0, 1, 1000, 500_000_000, 999_999_999])
        elif name == "Any":
            m.type_url, m.value = "type.googleapis.com/" + self.text(), rnd.randbytes(4)
        elif name in ("Struct", "Value", "ListValue"):
            value = self.json_value()
            if name == "Struct":
                value = {"k": value, "": 1}
            elif name == "ListValue":
                value = [value]
            json_format.ParseDict(value, m)
        else:
            m.value = self.scalar(m.DESCRIPTOR.fields_by_name["value"].type)
        return m


def scalar_shown(f, v):
    if f.type == F.TYPE_ENUM:
        known = f.enum_type.values_by_number.get(v)
        return known.name if known else str(v)
    if f.type == F.TYPE_BYTES:
        return v.hex()
    if f.type == F.TYPE_FLOAT:
        return struct.pack(">f", v).hex()
    if f.type == F.TYPE_DOUBLE:
        return struct.pack(">d", v).hex()
    return v if isinstance(v, bool) else str(v)


def shown(f, v, path):
    if not f.message_type:
        return scalar_shown(f, v)
    name = f.message_type.full_name
    if name == "google.protobuf.Timestamp":
        return str(v.seconds * 1_000_000 + v.nanos // 1000)
    if name == "google.protobuf.Duration":
        return str(v.seconds * 1_000_000 + (abs(v.nanos) // 1000) * (-1 if v.nanos < 0 else 1))
    if name in ("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue"):
        if name.endswith(".Value") and v.WhichOneof("kind") is None:
            return {"json": "null"}
        return {"json": json.dumps(json_format.MessageToDict(v), sort_keys=True)}
    if name.startswith("google.protobuf.") and name.endswith("Value"):
        return scalar_shown(f.message_type.fields_by_name["value"], v.value)
    if name in path:
        return {"json": json.dumps(json_format.MessageToDict(v, preserving_proto_field_name=True), sort_keys=True)}
    return row(v, path + [name])


def row(m, path):
    out = []
    for f in m.DESCRIPTOR.fields:
        if f.message_type and f.message_type.GetOptions().map_entry:
            key, value = f.message_type.fields_by_name["key"], f.message_type.fields_by_name["value"]
            entries = getattr(m, f.name)
            out.append(sorted(([scalar_shown(key, k), shown(value, entries[k], path)] for k in entries), key=lambda e: str(e[0])))
        elif f.is_repeated:
            out.append([shown(f, v, path) for v in getattr(m, f.name)])
        elif f.has_presence and not m.HasField(f.name):
            out.append(None)
        else:
            out.append(shown(f, getattr(m, f.name), path))
    return out


def main(seed, schemas, records):
    for i in range(schemas):
        rnd = random.Random(f"{seed}/{i}")
        schema, values = Schema(rnd), Values(rnd)
        pool, every = descriptor_pool.DescriptorPool(), pb.FileDescriptorSet()
        for known in (timestamp_pb2, duration_pb2, any_pb2, struct_pb2, wrappers_pb2):
            f = pb.FileDescriptorProto.FromString(known.DESCRIPTOR.serialized_pb)
            every.file.append(f)
            pool.Add(f) if hasattr(pool, "Add") else pool.AddSerializedFile(f.SerializeToString())
        every.file.append(schema.file)
        pool.AddSerializedFile(schema.file.SerializeToString())
        Top = message_factory.GetMessageClass(pool.FindMessageTypeByName("p.q.Top"))
        cases = []
        for _ in range(records):
            data = values.fill(Top()).SerializeToString()
            how = rnd.random()
            if how < 0.4:
                data += values.fill(Top()).SerializeToString()
            if how < 0.6:
                parts = fields_of(data)
                if rnd.random() < 0.5:
                    rnd.shuffle(parts)
                if rnd.random() < 0.3:
                    parts.insert(rnd.randint(0, len(parts)), varint(19_500 << 3 | 2) + b"\x02hi")
                    parts.append(varint(19_501 << 3 | 3) + varint(8) + b"\x05" + varint(19_501 << 3 | 4))
                data = b"".join(parts)
            read = Top.FromString(data)
            cases.append({"bytes": base64.b64encode(data).decode(), "row": row(read, ["p.q.Top"])})
        print(json.dumps({"text": schema.text(), "set": base64.b64encode(every.SerializeToString()).decode(), "message": "p.q.Top", "records": cases}))


main(*map(int, sys.argv[1:4]))
