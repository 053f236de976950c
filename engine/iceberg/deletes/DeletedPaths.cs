using System.Text;

namespace K2I.Iceberg;

/// <summary>Whose rows a file of position deletes may have, where it does not name one data file: paths within its bounds.</summary>
internal static class DeletedPaths
{
    /// <summary>True where the bounds are not known. A bound that was cut is one still.</summary>
    internal static bool MayHold(DataFile deletes, string dataFile)
    {
        if (deletes.ReferencedDataFile is { } one) return one == dataFile;
        var id = MetadataColumns.DeletedFile.Id;
        if (deletes.LowerBounds?.GetValueOrDefault(id) is not { } lower || deletes.UpperBounds?.GetValueOrDefault(id) is not { } upper)
            return true;
        var path = Encoding.UTF8.GetBytes(dataFile).AsSpan();
        return path.SequenceCompareTo(lower) >= 0 && path.SequenceCompareTo(upper) <= 0;
    }
}
