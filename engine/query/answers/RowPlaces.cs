using System.Text;
using K2I.Base;
using K2I.Columns;

namespace K2I.Query;

/// <summary>
/// Leaves rows out that a follower was given before, by the topic, partition and offset that they hold, and marks the others as given. One
/// thread.
/// </summary>
internal sealed class RowPlaces
{
    private const string Column = "_kafka";

    private readonly int[] ids;
    private readonly FollowedOffsets offsets;

    // The topic of the row before, as bytes and as text.
    private byte[] topicBytes = [];
    private string topic = "";

    // The column, and what it has of a row.
    private ColumnView[] columns = [];

    private RowPlaces(int[] ids, FollowedOffsets offsets) => (this.ids, this.offsets) = (ids, offsets);

    /// <summary>Null where rows do not say which offsets they have.</summary>
    internal static RowPlaces? Of(Schema schema, FollowedOffsets offsets)
    {
        if (schema.Struct.Find(Column) is not { Type: StructType place } column) return null;
        return (place.Find("topic"), place.Find("partition"), place.Find("offset")) is
            ({ Type.Kind: TypeKind.String } topic, { Type.Kind: TypeKind.Int } partition, { Type.Kind: TypeKind.Long } offset)
            ? new([column.Id, topic.Id, partition.Id, offset.Id], offsets)
            : null;
    }

    /// <summary>Keeps those of the rows, in their order, that are new. Returns how many.</summary>
    internal int Keep(Batch batch, Span<Ordinal> rows)
    {
        if (!TryFind(batch)) return rows.Length;
        var kept = 0;
        foreach (var row in rows)
            if (PlaceOf(row) is not { } place || offsets[place.Partition] <= place.Offset) rows[kept++] = row;
        return kept;
    }

    /// <summary>These rows have been given.</summary>
    internal void Give(Batch batch, ReadOnlySpan<Ordinal> rows)
    {
        if (!TryFind(batch)) return;
        foreach (var row in rows)
            if (PlaceOf(row) is { } place) offsets[place.Partition] = place.Offset.Next;
    }

    private bool TryFind(Batch batch)
    {
        columns = new ColumnView[ids.Length];
        IEnumerable<ColumnView> among = batch.Columns;
        for (var i = 0; i < ids.Length; i++)
        {
            if (Find(among, ids[i]) is not { } column) return false;
            columns[i] = column;
            among = columns[0].Children;
        }
        return true;
    }

    private ((string Topic, int Partition) Partition, Offset Offset)? PlaceOf(Ordinal row)
    {
        if (columns[0].IsNull(row.Value)) return null;
        var name = columns[1].Bytes(row.Value);
        if (!name.SequenceEqual(topicBytes)) (topicBytes, topic) = (name.ToArray(), Encoding.UTF8.GetString(name));
        return ((topic, columns[2].Value<int>(row.Value)), new(columns[3].Value<long>(row.Value)));
    }

    private static ColumnView? Find(IEnumerable<ColumnView> columns, int id) => columns.FirstOrDefault(c => c.Field.Id == id);
}
