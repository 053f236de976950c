using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>A snapshot's delete files, and which of them may concern a data file. Source: table spec, "Scan Planning" (scope of deletes).</summary>
internal sealed class DeleteIndex(TableMetadata table)
{
    private readonly Dictionary<string, ManifestEntry> vectors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ManifestEntry>> positionsByFile = new(StringComparer.Ordinal);
    private readonly Dictionary<(int SpecId, PartitionTuple Partition), List<ManifestEntry>> positions = [];
    private readonly Dictionary<(int SpecId, PartitionTuple Partition), List<ManifestEntry>> equality = [];
    private readonly List<ManifestEntry> global = [];

    internal void Add(ManifestEntry entry)
    {
        var file = entry.File;
        if (file.IsDeletionVector)
        {
            if (file.ReferencedDataFile is null) throw Json.Bad(file.FilePath, "a deletion vector that names no data file");
            if (!vectors.TryAdd(file.ReferencedDataFile, entry)) throw Json.Bad(file.FilePath, $"a second deletion vector for {file.ReferencedDataFile}");
        }
        else if (file.Content == FileContent.PositionDeletes)
        {
            if (file.ReferencedDataFile is { } one) AddTo(positionsByFile, one, entry);
            else AddTo(positions, (file.SpecId, file.Partition), entry);
        }
        else if (table.FindSpec(file.SpecId) is { IsUnpartitioned: true })
        {
            global.Add(entry);
        }
        else
        {
            AddTo(equality, (file.SpecId, file.Partition), entry);
        }
    }

    internal ImmutableArray<ManifestEntry> For(ManifestEntry data)
    {
        var sequence = data.SequenceNumber ?? 0;
        var place = (data.File.SpecId, data.File.Partition);
        var found = ImmutableArray.CreateBuilder<ManifestEntry>();
        if (vectors.TryGetValue(data.File.FilePath, out var vector) && sequence <= (vector.SequenceNumber ?? 0))
        {
            found.Add(vector);
        }
        else
        {
            if (positionsByFile.TryGetValue(data.File.FilePath, out var own)) found.AddRange(own.Where(d => sequence <= (d.SequenceNumber ?? 0)));
            if (positions.TryGetValue(place, out var shared))
                found.AddRange(shared.Where(d => sequence <= (d.SequenceNumber ?? 0) && DeletedPaths.MayHold(d.File, data.File.FilePath)));
        }
        found.AddRange(global.Where(d => sequence < (d.SequenceNumber ?? 0)));
        if (equality.TryGetValue(place, out var equal)) found.AddRange(equal.Where(d => sequence < (d.SequenceNumber ?? 0)));
        return found.ToImmutable();
    }

    private static void AddTo<TKey>(Dictionary<TKey, List<ManifestEntry>> map, TKey key, ManifestEntry entry) where TKey : notnull
    {
        if (!map.TryGetValue(key, out var list)) map[key] = list = [];
        list.Add(entry);
    }
}
