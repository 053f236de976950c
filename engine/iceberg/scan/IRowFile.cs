using System.Diagnostics.CodeAnalysis;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>A data or delete file being read, whatever its format: batches in file order, each valid until the next.</summary>
internal interface IRowFile : IDisposable
{
    /// <summary>The place in the file of the first row of the batch last read.</summary>
    long BatchStart { get; }

    /// <summary>What the file says of itself besides its rows; none where its format has none.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    bool TryRead([NotNullWhen(true)] out Batch? batch);
}
