namespace K2I.Decode;

/// <summary>The one schema that the options give for records that name none, or name it by its fingerprint.</summary>
public sealed class FixedSchema(WriterSchema only) : ISchemaSource
{
    public string? Trouble => null;

    public SchemaState Find(SchemaId id, out WriterSchema? schema)
    {
        schema = id == only.Id ? only : null;
        return schema is null ? SchemaState.Missing : SchemaState.Known;
    }
}
