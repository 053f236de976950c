using System.Collections.Concurrent;
using System.Text;
using K2I.Decode;

namespace K2I.Pipeline.Tests;

/// <summary>Schemas that are known, on their way, or missing, as a test says.</summary>
internal sealed class FakeSchemas : ISchemaSource
{
    private readonly ConcurrentDictionary<SchemaId, WriterSchema> known = new();
    private readonly ConcurrentDictionary<SchemaId, int> asked = new();

    /// <summary>Ids from which on none is ever known, but on their way.</summary>
    internal const int Away = 1_000;

    public string? Trouble { get; set; }

    internal void Add(int id, string schema, SchemaLanguage language = SchemaLanguage.Avro) =>
        known[SchemaId.Of(id)] = new(SchemaId.Of(id), language, schema, []) { Subject = "events-value", Version = id };

    internal bool WasAsked(int id) => asked.ContainsKey(SchemaId.Of(id));

    public SchemaState Find(SchemaId id, out WriterSchema? schema)
    {
        asked[id] = 1;
        return known.TryGetValue(id, out schema) ? SchemaState.Known : id.Value >= Away ? SchemaState.Pending : SchemaState.Missing;
    }

    /// <summary>
    /// Values of Avro, one behind another: a long, a text; a null is the branch 0 of a union, and what follows a 1 its branch 1.
    /// </summary>
    internal static byte[] Record(int id, params object?[] values)
    {
        List<byte> bytes = [0, (byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id];
        foreach (var value in values)
        {
            switch (value)
            {
                case string text:
                    var utf8 = Encoding.UTF8.GetBytes(text);
                    Number(bytes, utf8.Length);
                    bytes.AddRange(utf8);
                    break;
                case double number:
                    bytes.AddRange(BitConverter.GetBytes(number));
                    break;
                default:
                    Number(bytes, Convert.ToInt64(value));
                    break;
            }
        }
        return [.. bytes];
    }

    private static void Number(List<byte> bytes, long value)
    {
        for (var bits = (ulong)((value << 1) ^ (value >> 63)); ; bits >>= 7)
        {
            bytes.Add((byte)(bits < 0x80 ? bits : bits | 0x80));
            if (bits < 0x80) return;
        }
    }
}
