using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>A snapshot's delete files, and which of them may concern a data file. Source: table spec, "Scan Planning" (scope of deletes).</summary>
internal sealed class DeleteIndex(TableMetadata table)
{
    private readonly Dictionary<string, ManifestEntry> _vectors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ManifestEntry>> _positionsByFile = new(StringComparer.Ordinal);
    private readonly Dictionary<(int SpecId, PartitionTuple Partition), List<ManifestEntry>> _positions = [];
    private readonly Dictionary<(int SpecId, PartitionTuple Partition), List<ManifestEntry>> _equality = [];
    private readonly List<ManifestEntry> _global = [];

    internal void Add(ManifestEntry entry)
    {
        var file = entry.File;
        if (file.IsDeletionVector)
        {
            if (file.ReferencedDataFile is null) throw Json.Bad(file.FilePath, "a deletion vector that names no data file");
            if (!_vectors.TryAdd(file.ReferencedDataFile, entry)) throw Json.Bad(file.FilePath, $"a second deletion vector for {file.ReferencedDataFile}");
        }
        else if (file.Content == FileContent.PositionDeletes)
        {
            if (file.ReferencedDataFile is { } one) AddTo(_positionsByFile, one, entry);
            else AddTo(_positions, (file.SpecId, file.Partition), entry);
        }
        else if (table.FindSpec(file.SpecId) is { IsUnpartitioned: true })
        {
            _global.Add(entry);
        }
        else
        {
            AddTo(_equality, (file.SpecId, file.Partition), entry);
        }
    }

    internal ImmutableArray<ManifestEntry> For(ManifestEntry data)
    {
        var sequence = data.SequenceNumber ?? 0;
        var place = (data.File.SpecId, data.File.Partition);
        var found = ImmutableArray.CreateBuilder<ManifestEntry>();
        if (_vectors.TryGetValue(data.File.FilePath, out var vector) && sequence <= (vector.SequenceNumber ?? 0))
        {
            found.Add(vector);
        }
        else
        {
            if (_positionsByFile.TryGetValue(data.File.FilePath, out var own)) found.AddRange(own.Where(d => sequence <= (d.SequenceNumber ?? 0)));
            if (_positions.TryGetValue(place, out var shared)) found.AddRange(shared.Where(d => sequence <= (d.SequenceNumber ?? 0)));
        }
        found.AddRange(_global.Where(d => sequence < (d.SequenceNumber ?? 0)));
        if (_equality.TryGetValue(place, out var equal)) found.AddRange(equal.Where(d => sequence < (d.SequenceNumber ?? 0)));
        return found.ToImmutable();
    }

    private static void AddTo<TKey>(Dictionary<TKey, List<ManifestEntry>> map, TKey key, ManifestEntry entry) where TKey : notnull
    {
        if (!map.TryGetValue(key, out var list)) map[key] = list = [];
        list.Add(entry);
    }
}
