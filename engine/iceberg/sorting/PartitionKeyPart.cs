using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>The number of a row's partition.</summary>
internal sealed class PartitionKeyPart(PartitionRouter router) : IKeyPart
{
    public void Append(Batch batch, Ordinal row, KeyBytes key)
    {
        Span<int> number = stackalloc int[1];
        router.Route(batch.Columns, row.Value, number);
        key.Int(number[0]);
    }
}
