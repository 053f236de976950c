using K2I.Base;
using K2I.Columns;

namespace K2I.Query;

/// <summary>Encodes the rows of an answer, as many as were asked for and a query may give.</summary>
internal sealed class OutputConsumer(long? limit, long maxRows, long maxBytes) : IRowConsumer
{
    /// <summary>What one step may encode: rows beyond are offered again.</summary>
    internal const int StepBytes = 1 << 20;

    private RowOutput? output;
    private long bytesBefore;

    /// <summary>Encoded so far.</summary>
    internal long Rows { get; private set; }

    public bool IsFull => Rows == limit;

    /// <summary>Where the rows of the next step go: always the same. True the first time.</summary>
    internal bool Into(RowOutput to)
    {
        if (output is not null)
        {
            Check.That(ReferenceEquals(output, to));
            return false;
        }
        (output, bytesBefore) = (to, to.Bytes);
        return true;
    }

    public int Take(Batch batch, ReadOnlySpan<Ordinal> wanted)
    {
        if (limit is { } most && wanted.Length > most - Rows) wanted = wanted[..(int)(most - Rows)];
        if (wanted.IsEmpty) return 0;
        if (Rows + wanted.Length > maxRows)
            throw new QueryException(QueryFault.TooLarge, $"the answer has more than {maxRows} rows, which is all that a query may give");
        var taken = output!.Write(batch, wanted, StepBytes);
        Rows += taken;
        if (output.Bytes - bytesBefore > maxBytes)
        {
            throw new QueryException(
                QueryFault.TooLarge, $"the answer has more than {Units.FormatBytes(maxBytes)}, which is all that a query may give");
        }
        return taken;
    }
}
