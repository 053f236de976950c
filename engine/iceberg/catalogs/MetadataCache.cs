using System.Collections.Concurrent;

namespace K2I.Iceberg;

/// <summary>Metadata files that were read or written last, so that large ones are not parsed again while nothing changed. Any thread.</summary>
/// <remarks>What lies in the store is always read and compared, byte for byte: a table that was dropped and made again is never taken for the old one.</remarks>
internal sealed class MetadataCache
{
    /// <summary>Smaller files are parsed in no time; larger ones than this are not worth the memory.</summary>
    private const int LeastBytes = 64 << 10, MostBytes = 64 << 20;

    private readonly ConcurrentDictionary<string, (byte[] Bytes, TableMetadata Metadata)> files = new(StringComparer.Ordinal);

    public TableMetadata Parse(string location, byte[] bytes)
    {
        if (files.TryGetValue(location, out var known) && known.Bytes.AsSpan().SequenceEqual(bytes)) return known.Metadata;
        var metadata = TableMetadataJson.Parse(bytes, location);
        Keep(null, location, bytes, metadata);
        return metadata;
    }

    /// <summary>Remembers a file in place of the one before it.</summary>
    public void Keep(string? before, string location, byte[] bytes, TableMetadata metadata)
    {
        if (before is not null) files.TryRemove(before, out _);
        if (bytes.Length is < LeastBytes or > MostBytes) return;
        if (before is null)
        {
            // Versions that others wrote: of a folder only the newest is kept.
            var folder = location[..(location.LastIndexOf('/') + 1)];
            foreach (var old in files.Keys.Where(f => f.StartsWith(folder, StringComparison.Ordinal) && f != location)) files.TryRemove(old, out _);
        }
        files[location] = (bytes, metadata);
    }
}
