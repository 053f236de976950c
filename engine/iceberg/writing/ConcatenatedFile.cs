using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Describes a file that holds the rows of others, all of them and nothing else, by what their manifests say.</summary>
public static class ConcatenatedFile
{
    /// <summary>Counts are added up, bounds are those of all; what one of the parts does not say is left out.</summary>
    /// <param name="table">For the types of columns.</param>
    /// <param name="parts">Of one spec and partition; with all their metrics.</param>
    /// <param name="location">Where it is.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="starts">Where its row groups start.</param>
    public static DataFile Of(
        TableMetadata table, IReadOnlyList<DataFile> parts, string location, long bytes, ImmutableArray<long> starts)
    {
        return new DataFile
        {
            FilePath = location,
            SpecId = parts[0].SpecId,
            Partition = parts[0].Partition,
            RecordCount = parts.Sum(p => p.RecordCount),
            FileSizeBytes = bytes,
            ColumnSizes = Sum(parts, p => p.ColumnSizes),
            ValueCounts = Sum(parts, p => p.ValueCounts),
            NullValueCounts = Sum(parts, p => p.NullValueCounts),
            NanValueCounts = Sum(parts, p => p.NanValueCounts),
            LowerBounds = Bounds(table, parts, p => p.LowerBounds, -1),
            UpperBounds = Bounds(table, parts, p => p.UpperBounds, 1),
            SplitOffsets = starts,
            SortOrderId = SortOrder.Unsorted.OrderId,
        };
    }

    private static Dictionary<int, long>? Sum(IReadOnlyList<DataFile> parts, Func<DataFile, IReadOnlyDictionary<int, long>?> of)
    {
        var sums = new Dictionary<int, long>();
        foreach (var id in of(parts[0])?.Keys ?? [])
        {
            long sum = 0;
            var isKnown = true;
            foreach (var part in parts)
            {
                isKnown &= of(part)?.TryGetValue(id, out var count) == true && count >= 0;
                sum += of(part)?.GetValueOrDefault(id) ?? 0;
            }
            if (isKnown) sums[id] = sum;
        }
        return sums.Count == 0 ? null : sums;
    }

    private static Dictionary<int, byte[]>? Bounds(
        TableMetadata table, IReadOnlyList<DataFile> parts, Func<DataFile, IReadOnlyDictionary<int, byte[]>?> of, int side)
    {
        var bounds = new Dictionary<int, byte[]>();
        foreach (var id in parts.SelectMany(p => of(p)?.Keys ?? []).Distinct())
        {
            if (table.FindFieldEver(id)?.Type is not { } type) continue;
            byte[]? bound = null;
            var isKnown = true;
            foreach (var part in parts)
            {
                if (of(part)?.GetValueOrDefault(id) is { } one) bound = bound is null
                    || SingleValue.Compare(type, one, bound) * side > 0 ? one : bound;
                else isKnown &= HasNoValues(part, id);
            }
            if (isKnown && bound is not null) bounds[id] = bound;
        }
        return bounds.Count == 0 ? null : bounds;
    }

    /// <summary>All of a column's values are null: it has no bounds.</summary>
    private static bool HasNoValues(DataFile file, int id) =>
        file.ValueCounts?.TryGetValue(id, out var values) == true && file.NullValueCounts?.TryGetValue(id, out var nulls) == true
            && values == nulls;
}
