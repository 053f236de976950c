using System.Collections.Immutable;
using System.Globalization;

using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Deletion vectors of several data files in one Puffin file. Source: Puffin spec, "deletion-vector-v1"; table spec, "Deletion Vectors".</summary>
internal static class DeletionVectorFile
{
    private const string ReferencedDataFile = "referenced-data-file", Cardinality = "cardinality";

    /// <summary>Writes the file; one description for each vector, all with the file's location.</summary>
    public static ImmutableArray<DataFile> Write(IObjectStore store, string location, IReadOnlyList<(DataFile File, RowPositions Positions)> vectors)
    {
        using var target = store.Create(location);
        var puffin = new PuffinWriter(target);
        var blobs = vectors.Select(v => puffin.Add(
            new PuffinBlob(PuffinBlob.DeletionVectorType, [MetadataColumns.Position.Id], null, -1, 0, 0)
            {
                Properties = SummaryKeys.Empty.Add(ReferencedDataFile, v.File.FilePath).Add(Cardinality, v.Positions.Count.ToString(CultureInfo.InvariantCulture)),
            },
            DeletionVector.Write(v.Positions))).ToList();
        puffin.Finish();
        target.Complete();
        return
        [
            .. vectors.Zip(blobs, (vector, blob) => new DataFile
            {
                Content = FileContent.PositionDeletes,
                FilePath = location,
                FileFormat = "PUFFIN",
                SpecId = vector.File.SpecId,
                Partition = vector.File.Partition,
                RecordCount = vector.Positions.Count,
                FileSizeBytes = target.Length,
                ReferencedDataFile = vector.File.FilePath,
                ContentOffset = blob.Offset,
                ContentSizeBytes = blob.Length,
            }),
        ];
    }

    /// <summary>Why the blob is not the vector that a manifest describes; null if it is.</summary>
    public static string? Difference(PuffinFile puffin, DataFile vector)
    {
        if (puffin.Blobs.FirstOrDefault(b => b.Offset == vector.ContentOffset) is not { } blob) return $"no blob begins at {vector.ContentOffset}";
        if (blob.Type != PuffinBlob.DeletionVectorType) return $"the blob at {blob.Offset} is of type '{blob.Type}'";
        if (blob.Length != vector.ContentSizeBytes) return $"the blob at {blob.Offset} has {blob.Length} bytes, the manifest says {vector.ContentSizeBytes}";
        if (blob.Codec is not null) return "the blob is compressed";
        if (blob.Properties.GetValueOrDefault(ReferencedDataFile) != vector.ReferencedDataFile) return $"the blob is of data file '{blob.Properties.GetValueOrDefault(ReferencedDataFile)}'";
        if (blob.Properties.GetValueOrDefault(Cardinality) != vector.RecordCount.ToString(CultureInfo.InvariantCulture)) return $"the blob says cardinality {blob.Properties.GetValueOrDefault(Cardinality)}, the manifest {vector.RecordCount}";
        return null;
    }
}
