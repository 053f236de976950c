using System.Collections.Concurrent;
using System.Text;

namespace K2I.Decode;

/// <summary>Schemas that records bring along themselves: each is known with its first record. Any thread.</summary>
public sealed class EmbeddedSchemas : ISchemaSource
{
    /// <summary>Those that are remembered, to be named; a record's own is always at hand.</summary>
    private const int MaxRemembered = 1_000;

    private readonly ConcurrentDictionary<SchemaId, WriterSchema> known = new();

    public string? Trouble => null;

    public SchemaState Find(SchemaId id, out WriterSchema? schema) =>
        known.TryGetValue(id, out schema) ? SchemaState.Known : SchemaState.Missing;

    public SchemaState Find(in FramedValue value, out WriterSchema? schema)
    {
        if (Find(value.Schema, out schema) == SchemaState.Known) return SchemaState.Known;
        schema = new(value.Schema, SchemaLanguage.Connect, Encoding.UTF8.GetString(value.InHeader), []);
        if (known.Count >= MaxRemembered) known.Clear();
        known[value.Schema] = schema;
        return SchemaState.Known;
    }
}
