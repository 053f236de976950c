using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;

using K2I.Columns;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// A sketch of distinct values for each primitive column at the top of a schema: fed with rows, or with what a statistics file has, written
/// as one. One thread.
/// </summary>
/// <remarks>Nulls are no values, nor are NaNs. A sketch takes about 200 KiB while it is made.</remarks>
public sealed class DistinctSketches
{
    private readonly ImmutableArray<Field> fields;
    private readonly ThetaSketchBuilder[] sketches;

    public DistinctSketches(Schema schema)
    {
        fields = ColumnsOf(schema);
        sketches = [.. fields.Select(_ => new ThetaSketchBuilder())];
    }

    /// <summary>The columns that are counted.</summary>
    public static ImmutableArray<Field> ColumnsOf(Schema schema) => [.. schema.Fields.Where(f => f.Type is PrimitiveType)];

    /// <summary>Counts rows' values.</summary>
    /// <param name="rows">Their columns begin with those of the schema that are counted, in this order.</param>
    public void Add(ScanBatch rows)
    {
        Span<byte> room = stackalloc byte[16];
        for (var at = 0; at < fields.Length; at++)
        {
            var (type, column, sketch) = (fields[at].Type, rows.Batch.Columns[at], sketches[at]);
            for (var index = 0; index < rows.Rows; index++)
            {
                var row = rows.Ordinal(index).Value;
                if (column.IsNull(row)) continue;
                if (column.Layout == ColumnLayout.Bits)
                {
                    room[0] = column.Bit(row) ? (byte)1 : (byte)0;
                    sketch.Add(room[..1]);
                    continue;
                }
                scoped var value = column.Bytes(row);
                if (type.Kind == TypeKind.Decimal) value = Shortest(value, room);
                if (!SingleValue.IsNaN(type, value)) sketch.Add(value);
            }
        }
    }

    /// <summary>
    /// Counts what a statistics file has counted. False: it lacks a column, or has one in a form that this build does not go on with; what
    /// was counted is of no use then.
    /// </summary>
    public bool TryAdd(IObjectStore store, StatisticsFile statistics)
    {
        using var file = PuffinFile.Open(store, statistics.Path);
        for (var at = 0; at < fields.Length; at++)
        {
            var id = fields[at].Id;
            var blob = file.Blobs.FirstOrDefault(b =>
                b.Type == PuffinBlob.ThetaSketchType && b.Fields is [var only] && only == id && b.SnapshotId == statistics.SnapshotId);
            if (blob is null || !sketches[at].TryAdd(file.Read(blob))) return false;
        }
        return true;
    }

    /// <summary>Writes them as the statistics of a snapshot; what the table is to be told.</summary>
    public StatisticsFile Write(IObjectStore store, string location, Snapshot snapshot)
    {
        using var target = store.Create(location);
        var puffin = new PuffinWriter(target);
        var blobs = new List<PuffinBlob>();
        for (var at = 0; at < fields.Length; at++)
        {
            var ndv = sketches[at].Estimate.ToString(CultureInfo.InvariantCulture);
            var blob = new PuffinBlob(PuffinBlob.ThetaSketchType, [fields[at].Id], snapshot.SnapshotId, snapshot.SequenceNumber, 0, 0)
            {
                Properties = SummaryKeys.Empty.Add("ndv", ndv),
            };
            blobs.Add(puffin.Add(blob, sketches[at].ToBytes()));
        }
        var footerBytes = puffin.Finish();
        target.Complete();
        return SnapshotJson.StatisticsOf(snapshot.SnapshotId, location, target.Length, footerBytes, blobs);
    }

    /// <summary>The shortest big-endian form of a decimal in column layout, as a <see cref="SingleValue"/> has it.</summary>
    private static ReadOnlySpan<byte> Shortest(ReadOnlySpan<byte> stored, Span<byte> room)
    {
        BinaryPrimitives.WriteInt128BigEndian(room, BinaryPrimitives.ReadInt128LittleEndian(stored));
        var from = 0;
        while (from < room.Length - 1 && room[from] == (room[from + 1] < 0x80 ? 0 : 0xFF)) from++;
        return room[from..];
    }
}
