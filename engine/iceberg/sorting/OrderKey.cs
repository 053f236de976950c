using System.Collections.Immutable;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>
/// The bytes that rows are sorted by: of two rows, the one whose key is lower byte by byte comes first. For batches of one schema; one
/// thread.
/// </summary>
/// <remarks>
/// Shape: parts one after another; none is a prefix of another value of the same part. A part is a partition's number (4 bytes), a field
/// of a sort order (a byte that puts nulls first or last, then the transformed value: numbers big-endian with the sign turned, text with
/// its zeros escaped and an end; bits turned where it descends), or columns in Z-order. Floats: -NaN, numbers, NaN, as the spec orders
/// them. Source: table spec, "Sorting".
/// </remarks>
public sealed class OrderKey
{
    private readonly IKeyPart[] parts;
    private readonly KeyBytes bytes = new();

    private OrderKey(params IKeyPart[] parts) => this.parts = parts;

    /// <summary>Partition by partition, in the order that the router met them.</summary>
    public static OrderKey ByPartition(PartitionRouter router) => new(new PartitionKeyPart(router));

    /// <summary>By the fields of a sort order; Unsupported where a transform is not known, NotFound where a column is gone.</summary>
    public static OrderKey BySortOrder(SortOrder order, Schema schema) => new([.. order.Fields.Select(f => new SortKeyPart(f, schema))]);

    /// <summary>By several columns at once, the bits of their values interleaved.</summary>
    /// <param name="columns">Columns of primitive types, by their paths.</param>
    /// <param name="schema">Of the rows.</param>
    /// <param name="files">Files of the rows: their bounds say which values there are, and so which bits tell them apart.</param>
    public static OrderKey ByZOrder(ImmutableArray<string> columns, Schema schema, IEnumerable<DataFile> files) =>
        new(new ZOrderKeyPart(columns, schema, [.. files]));

    /// <summary>First by this, rows that are equal in it by another.</summary>
    public OrderKey Then(OrderKey other) => new([.. parts, .. other.parts]);

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(Batch batch, Ordinal row)
    {
        bytes.Clear();
        foreach (var part in parts) part.Append(batch, row, bytes);
        return bytes.Written;
    }

    /// <summary>The column, of a primitive type, that a key looks at.</summary>
    internal static (int[] Path, PrimitiveType Type) Column(Schema schema, int id)
    {
        if (schema.FindById(id) is not { } field) throw new EngineException(ErrorKind.NotFound,
            $"rows are to be sorted by field {id}, which is gone");
        if (field.Type is not PrimitiveType type || !RowKey.TryPathOf(schema.Struct, id, out var path))
            throw new EngineException(ErrorKind.Unsupported, $"rows cannot be sorted by column '{field.Name}' of type {field.Type}");
        return (path, type);
    }
}
