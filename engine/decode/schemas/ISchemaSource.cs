namespace K2I.Decode;

/// <summary>
/// Where decoders get the schemas that records were written with. It never waits: what it does not have it fetches meanwhile. Any thread.
/// </summary>
public interface ISchemaSource
{
    /// <summary>The schema of an id, or why there is none. Asking for one that is not known has it fetched. Does not throw.</summary>
    /// <param name="id">As a record names it.</param>
    /// <param name="schema">Null unless known.</param>
    SchemaState Find(SchemaId id, out WriterSchema? schema);

    /// <summary>The same, for a record that may have its schema itself.</summary>
    SchemaState Find(in FramedValue value, out WriterSchema? schema) => Find(value.Schema, out schema);

    /// <summary>Why schemas cannot be fetched at present, for a person; null where nothing is wrong.</summary>
    string? Trouble { get; }
}
