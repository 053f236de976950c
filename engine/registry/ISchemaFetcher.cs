using K2I.Decode;

namespace K2I.Registry;

/// <summary>Fetches schemas in the words of one API. Any thread.</summary>
internal interface ISchemaFetcher : IDisposable
{
    /// <summary>Null where the registry says that it has no such schema. Throws Unavailable where it says nothing of use.</summary>
    Task<WriterSchema?> Fetch(SchemaId id, CancellationToken stop);
}
