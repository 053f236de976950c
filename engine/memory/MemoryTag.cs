namespace K2I.Memory;

/// <summary>What native memory is for; each byte carries one, and the ledger's balance per tag is zero once its owners are disposed.</summary>
public enum MemoryTag
{
    Ring,
    Parquet,
    Wal,
    Scratch,
    Index,
    Upload,
    Download,
}
