using System.Globalization;
using System.Text;
using System.Text.Json;
using K2I.Decode;

namespace K2I.Simulation.Tests;

/// <summary>
/// One version of the records' schema, in Avro: producers of several write at the same time. Versions differ in the order of fields, in
/// which there are, in types (int and long, float and double), in nulls, and in the later half <c>text</c> is called <c>body</c>.
/// </summary>
public sealed class SimWriter
{
    /// <summary>Fields that come and go.</summary>
    internal const int Extras = 6;

    private readonly List<(string Name, string Type, bool IsNullable, bool NullIsFirst)> fields = [];
    private readonly int version;

    internal SimWriter(int version, int versions, Dice dice)
    {
        this.version = version;
        var isLate = version * 2 > versions;
        Add("id", isLate ? "long" : "int", isNullable: false);
        Add(isLate ? "body" : "text", "string", dice.Chance(0.5));
        for (var j = 1; j <= Extras; j++)
        {
            var type = j % 2 == 0 ? isLate ? "long" : "int" : isLate ? "double" : "float";
            if (j <= version && dice.Chance(0.7)) Add($"x{j}", type, dice.Chance(0.7));
        }
        Add("s", "S", isNullable: false);
        fields = [.. fields.OrderBy(_ => dice.Next())];

        void Add(string name, string type, bool isNullable) => fields.Add((name, type, isNullable, dice.Chance(0.5)));
    }

    internal WriterSchema Schema => new(SchemaId.Of(version), SchemaLanguage.Avro, Text(), []) { Subject = "records", Version = version };

    internal byte[] Encode(long id, string text)
    {
        List<byte> bytes = [0, 0, 0, 0, (byte)version];
        foreach (var (name, type, isNullable, nullIsFirst) in fields)
        {
            var value = name is "id" ? id : name is "text" or "body" or "s" ? 0 : ValueOf(name, id);
            if (isNullable) Number(bytes, value is null == nullIsFirst ? 0 : 1);
            if (value is not { } there) continue;
            switch (type)
            {
                case "string":
                    Number(bytes, text.Length);
                    bytes.AddRange(Encoding.ASCII.GetBytes(text));
                    break;
                case "float":
                    bytes.AddRange(BitConverter.GetBytes((float)there));
                    break;
                case "double":
                    bytes.AddRange(BitConverter.GetBytes((double)there));
                    break;
                case "S":
                    Number(bytes, id);
                    Number(bytes, id + version);
                    break;
                default:
                    Number(bytes, there);
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>The row is what the record says, by the schema that it was written with.</summary>
    internal bool Matches(SimRecord record, JsonElement row, IReadOnlySet<int> dropped)
    {
        if ((TextIn(row, "text") ?? TextIn(row, "body")) != record.Text) return false;
        for (var j = 1; j <= Extras; j++)
        {
            // Another engine may have renamed the column.
            var (value, renamed) = (NumberIn(row, $"x{j}"), NumberIn(row, $"y{j}"));
            var expected = ValueOf($"x{j}", record.Id);
            if (value is not null && renamed is not null) return false;
            if ((value ?? renamed) != expected && !(value is null && renamed is null && dropped.Contains(j))) return false;
        }
        if (!row.TryGetProperty("s", out var inner) || NumberIn(inner, "k") != record.Id) return false;
        return inner.EnumerateObject().All(p =>
            p.Name == "k" || NumberIn(inner, p.Name) == (p.Name == $"v{version}" ? record.Id + version : null));
    }

    private long? ValueOf(string name, long id)
    {
        if (fields.Find(f => f.Name == name) is not { Name: not null } field) return null;
        return field.IsNullable && id % 5 == 0 ? null : (id * 7) + name[1];
    }

    private string Text()
    {
        string[] all =
        [
            .. fields.Select(f =>
            {
                var type = f.Type == "S"
                    ? Invariant($$"""
                        {"type":"record","name":"S","fields":[{"name":"k","type":"long"},{"name":"v{{version}}","type":"long"}]}
                        """)
                    : $"\"{f.Type}\"";
                if (f.IsNullable) type = f.NullIsFirst ? $"[\"null\",{type}]" : $"[{type},\"null\"]";
                return $$"""{"name":"{{f.Name}}","type":{{type}}{{(f.Name == "body" ? ",\"aliases\":[\"text\"]" : "")}}}""";
            }),
        ];
        return $$"""{"type":"record","name":"R","fields":[{{string.Join(',', all)}}]}""";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string? TextIn(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static double? NumberIn(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static void Number(List<byte> bytes, long value)
    {
        for (var bits = (ulong)((value << 1) ^ (value >> 63)); ; bits >>= 7)
        {
            bytes.Add((byte)(bits < 0x80 ? bits : bits | 0x80));
            if (bits < 0x80) return;
        }
    }
}
