using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>A data file that is complete in the store and in no snapshot yet, with the SHA-256 of its bytes in lower-case hex.</summary>
internal sealed record WrittenFile(DataFile File, string Sha256);
