using System.Text;

using K2I.Columns;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>The columns every table has besides its own, with the ids Iceberg reserves for them (table spec, "Reserved Field IDs").</summary>
internal static class MetadataColumns
{
    internal static readonly Field File = new(2147483646, "_file", PrimitiveType.String, true);
    internal static readonly Field Position = new(2147483645, "_pos", PrimitiveType.Long, true);
    internal static readonly Field SpecId = new(2147483643, "_spec_id", PrimitiveType.Int, true);
    internal static readonly Field RowId = new(2147483540, "_row_id", PrimitiveType.Long, false);
    internal static readonly Field LastUpdated = new(2147483539, "_last_updated_sequence_number", PrimitiveType.Long, false);

    /// <summary>The columns of a position delete file.</summary>
    internal static readonly Field DeletedFile = new(2147483546, "file_path", PrimitiveType.String, true);

    internal static readonly Field DeletedPosition = new(2147483545, "pos", PrimitiveType.Long, true);

    /// <summary>What the metadata columns hold in a data file; the last two where its rows say nothing themselves.</summary>
    internal static void AddValues(ManifestEntry entry, Dictionary<int, ReadOnlyMemory<byte>> constants, Dictionary<int, NullFill> fills)
    {
        var file = entry.File;
        constants[File.Id] = Encoding.UTF8.GetBytes(file.FilePath);
        constants[SpecId.Id] = SingleValue.OfInt(file.SpecId);
        fills[Position.Id] = new NullFill(0, 1);
        if (file.FirstRowId is not { } first) return;
        fills[RowId.Id] = new NullFill(first, 1);
        if (entry.SequenceNumber is { } sequence) fills[LastUpdated.Id] = new NullFill(sequence, 0);
    }
}
