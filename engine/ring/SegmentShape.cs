using K2I.Base;
using K2I.Columns;

namespace K2I.Ring;

/// <summary>What segments of a schema take, worked out once for all that are opened of it.</summary>
internal sealed class SegmentShape
{
    internal SegmentShape(Schema schema)
    {
        (Schema, Batch, Layout) = (schema, BatchShape.Of(schema), BatchShape.LayoutOf(schema));
        LeastBytes = SegmentClasses.AtLeast(Batch.LeastBytes);
    }

    internal Schema Schema { get; }

    internal BatchShape Batch { get; }

    /// <summary>Memory of another schema serves where this is the same.</summary>
    internal string Layout { get; }

    /// <summary>The smallest class that holds its columns; larger than any where none does.</summary>
    internal long LeastBytes { get; }

    /// <exception cref="EngineException"><see cref="ErrorKind.Full"/>: it needs larger segments than the pool gives.</exception>
    internal void CheckFits(long mostBytes)
    {
        if (LeastBytes <= mostBytes) return;
        var (needs, has) = (Units.FormatBytes(Batch.LeastBytes), Units.FormatBytes(mostBytes));
        throw new EngineException(
            ErrorKind.Full, $"rows of {Schema.Fields.Length} columns need segments of {needs}, the memory allows {has}");
    }
}
