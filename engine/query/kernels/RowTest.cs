using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>
/// A condition of a filter as it is run over rows in memory, column by column. It keeps those rows that <see cref="BoundCondition"/> is met
/// by; negations have gone into the predicates there, so that null is simply not met. One thread.
/// </summary>
internal abstract class RowTest
{
    /// <param name="condition">What is tested.</param>
    /// <param name="schema">Of the rows; it has the condition's fields.</param>
    internal static RowTest Of(BoundCondition condition, Schema schema)
    {
        if (condition.Predicate is { } predicate) return new OfColumn(predicate, schema);
        RowTest[] parts = [.. condition.Parts.Select(p => Of(p, schema))];
        return condition.IsAny ? new Any(parts) : new All(parts);
    }

    /// <summary>Clears the bits of the rows that fail.</summary>
    /// <param name="batch">Has the rows.</param>
    /// <param name="first">The row of the first bit, a multiple of 64.</param>
    /// <param name="bits">At most up to the batch's end.</param>
    internal abstract void Keep(Batch batch, int first, Span<ulong> bits);

    private sealed class All(RowTest[] parts) : RowTest
    {
        internal override void Keep(Batch batch, int first, Span<ulong> bits)
        {
            foreach (var part in parts)
            {
                part.Keep(batch, first, bits);
                if (RowBits.None(bits)) return;
            }
        }
    }

    private sealed class Any(RowTest[] parts) : RowTest
    {
        private ulong[] found = [], left = [];

        internal override void Keep(Batch batch, int first, Span<ulong> bits)
        {
            if (found.Length < bits.Length) (found, left) = (new ulong[bits.Length], new ulong[bits.Length]);
            var all = found.AsSpan(0, bits.Length);
            var some = left.AsSpan(0, bits.Length);
            all.Clear();
            foreach (var part in parts)
            {
                // Rows that are found already need no other test.
                for (var i = 0; i < bits.Length; i++) some[i] = bits[i] & ~all[i];
                if (RowBits.None(some)) break;
                part.Keep(batch, first, some);
                for (var i = 0; i < bits.Length; i++) all[i] |= some[i];
            }
            all.CopyTo(bits);
        }
    }

    private sealed class OfColumn : RowTest
    {
        private readonly int[] path;
        private readonly ColumnKernel kernel;
        private readonly bool wantsNull;

        internal OfColumn(BoundPredicate predicate, Schema schema)
        {
            path = PathTo(schema.Struct, predicate.Field.Id)
                ?? throw new InvalidOperationException($"field {predicate.Field.Id} is not in the schema");
            kernel = Kernels.For(predicate);
            wantsNull = predicate.Operator is ScanOperator.IsNull or ScanOperator.IsNotNull
                && predicate.Operator == ScanOperator.IsNull != predicate.IsNegated;
        }

        internal override void Keep(Batch batch, int first, Span<ulong> bits)
        {
            IReadOnlyList<ColumnView> columns = batch.Columns;
            var column = columns[path[0]];
            var word = first / RowBits.PerWord;
            if (wantsNull)
            {
                KeepNulls(column, word, bits);
                return;
            }
            KeepValues(column, word, bits);
            foreach (var at in path.AsSpan(1))
            {
                column = column.Children[at];
                KeepValues(column, word, bits);
            }
            if (!RowBits.None(bits)) kernel.Keep(column, first, bits);
        }

        private static void KeepValues(ColumnView column, int word, Span<ulong> bits)
        {
            if (!column.MayHaveNulls) return;
            var validity = column.Validity;
            for (var i = 0; i < bits.Length; i++) bits[i] &= RowBits.Word(validity, word + i);
        }

        /// <summary>Null is also what lies within a null.</summary>
        private void KeepNulls(ColumnView column, int word, Span<ulong> bits)
        {
            for (var i = 0; i < bits.Length; i++)
            {
                var values = ulong.MaxValue;
                var at = column;
                for (var depth = 0; ; depth++)
                {
                    if (at.MayHaveNulls) values &= RowBits.Word(at.Validity, word + i);
                    if (depth == path.Length - 1) break;
                    at = at.Children[path[depth + 1]];
                }
                bits[i] &= ~values;
            }
        }

        private static int[]? PathTo(StructType schema, int id)
        {
            for (var i = 0; i < schema.Fields.Length; i++)
            {
                if (schema.Fields[i].Id == id) return [i];
                if (schema.Fields[i].Type is StructType inner && PathTo(inner, id) is { } below) return [i, .. below];
            }
            return null;
        }
    }
}
