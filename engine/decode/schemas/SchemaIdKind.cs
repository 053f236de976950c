namespace K2I.Decode;

/// <summary>What the number of a <see cref="SchemaId"/> counts.</summary>
public enum SchemaIdKind : byte
{
    /// <summary>Records name no schema: the options do.</summary>
    None,

    /// <summary>A registry's own count, of 32 or 64 bits.</summary>
    Number,

    /// <summary>A UUID, as RFC 4122 writes it.</summary>
    Guid,

    /// <summary>Avro's 64-bit fingerprint of the schema's canonical form.</summary>
    Fingerprint,

    /// <summary>A hash of the schema, which is in the record.</summary>
    Hash,
}
