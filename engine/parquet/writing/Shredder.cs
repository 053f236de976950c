using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Base;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>
/// Turns rows in Arrow layout into repetition and definition levels, a column at a time: the frame of a node's entries is expanded into the
/// frames of its children, down to the leaves. Where nothing is null and nothing repeats, a frame is a range and no level is ever stored.
/// </summary>
/// <remarks>Source: the record shredding of "Dremel" (Melnik et al. 2010), done on offsets and validity instead of records.</remarks>
internal sealed unsafe class Shredder(BufferArena arena, LeafWriter[] leaves) : IDisposable
{
    private readonly List<FrameScratch> scratch = [];
    private readonly FrameScratch leafScratch = new(arena);

    /// <summary>Gives the frame's entries to the leaves below <paramref name="node"/>.</summary>
    internal void Expand(SchemaNode node, ColumnView view, in LevelFrame frame, int depth = 0)
    {
        switch (view.Layout)
        {
            case ColumnLayout.Struct:
                Check.That(view.Children.Count == node.Children.Length);
                var present = view.MayHaveNulls ? DropNulls(node, view, frame, depth) : frame;
                for (var i = 0; i < node.Children.Length; i++) Expand(node.Children[i], view.Children[i], present, depth + 1);
                break;
            case ColumnLayout.List:
                ExpandList(node, view, frame, depth);
                break;
            default:
                ToLeaf(node, view, frame);
                break;
        }
    }

    public void Dispose()
    {
        foreach (var frame in scratch) frame.Dispose();
        leafScratch.Dispose();
    }

    private void ExpandList(SchemaNode node, ColumnView view, in LevelFrame frame, int depth)
    {
        var elements = Elements(node, view, frame, Scratch(depth));
        var child = view.Children[0];
        if (node.Field.Type is ListType)
        {
            Expand(node.Children[0], child, elements, depth + 1);
            return;
        }
        Check.That(child.Children.Count == 2 && !child.MayHaveNulls);
        for (var i = 0; i < 2; i++) Expand(node.Children[i], child.Children[i], elements, depth + 1);
    }

    /// <summary>One entry per element, and one per list that is null or empty or was not there.</summary>
    private static LevelFrame Elements(SchemaNode node, ColumnView view, in LevelFrame frame, FrameScratch to)
    {
        var offsets = view.Offsets;
        var validity = view.MayHaveNulls ? At(view.Validity) : null;
        var level = (byte)(node.MaxRepetition + 1);
        var capacity = (long)frame.Entries * 2;
        var ordinals = to.Ordinals(capacity);
        var definitions = to.Definitions(capacity);
        var repetitions = to.Repetitions(capacity);
        var n = 0;
        var gaps = false;
        for (var i = 0; i < frame.Entries; i++)
        {
            var ordinal = frame.Ordinals == null ? frame.Start + i : frame.Ordinals[i];
            var repetition = frame.Repetition == null ? (byte)0 : frame.Repetition[i];
            var isNull = ordinal >= 0 && validity != null && !Bitmap.Bit(validity, ordinal);
            if (isNull && node.Required) throw RequiredNull(node);
            int from = 0, count = 0;
            if (ordinal >= 0 && !isNull)
            {
                from = offsets[ordinal];
                count = offsets[ordinal + 1] - from;
            }
            if (n + Math.Max(count, 1) > capacity)
            {
                capacity = Math.Max(capacity * 2, n + (long)count + frame.Entries - i);
                Check.That(capacity <= int.MaxValue);
                ordinals = to.Ordinals(capacity, n);
                definitions = to.Definitions(capacity, n);
                repetitions = to.Repetitions(capacity, n);
            }
            if (count == 0)
            {
                ordinals[n] = -1;
                definitions[n] = ordinal < 0 ? frame.Definition[i] : (byte)(node.MaxDefinition - (isNull ? 1 : 0));
                repetitions[n++] = repetition;
                gaps = true;
                continue;
            }
            for (var k = 0; k < count; k++) ordinals[n + k] = from + k;
            new Span<byte>(repetitions + n, count).Fill(level);
            repetitions[n] = repetition;
            n += count;
        }
        // Lists one after another without a gap are one range of elements.
        var dense = !gaps && frame.Ordinals == null && n > 0;
        return new()
        {
            Entries = n,
            Rows = frame.Rows,
            Start = dense ? ordinals[0] : 0,
            Ordinals = dense ? null : ordinals,
            Definition = gaps ? definitions : null,
            Repetition = repetitions,
        };
    }

    /// <summary>The frame with the entries whose struct is null marked as not there.</summary>
    private LevelFrame DropNulls(SchemaNode node, ColumnView view, in LevelFrame frame, int depth)
    {
        var validity = At(view.Validity);
        if (frame.Ordinals == null && Bitmap.CountOnes(validity, frame.Start, frame.Entries) == frame.Entries) return frame;
        var to = Scratch(depth);
        var ordinals = to.Ordinals(frame.Entries);
        var definitions = to.Definitions(frame.Entries);
        var missing = (byte)(node.MaxDefinition - 1);
        var gaps = false;
        for (var i = 0; i < frame.Entries; i++)
        {
            var ordinal = frame.Ordinals == null ? frame.Start + i : frame.Ordinals[i];
            if (ordinal < 0)
            {
                definitions[i] = frame.Definition[i];
                gaps = true;
            }
            else if (!Bitmap.Bit(validity, ordinal))
            {
                if (node.Required) throw RequiredNull(node);
                definitions[i] = missing;
                ordinal = -1;
                gaps = true;
            }
            ordinals[i] = ordinal;
        }
        return frame with { Ordinals = ordinals, Definition = gaps ? definitions : null };
    }

    private void ToLeaf(SchemaNode node, ColumnView view, in LevelFrame frame)
    {
        var slice = new LeafSlice
        {
            View = view,
            Entries = frame.Entries,
            Rows = frame.Rows,
            Values = frame.Entries,
            Repetition = frame.Repetition,
            Ordinals = frame.Ordinals,
            Start = frame.Start,
        };
        var validity = view.MayHaveNulls ? At(view.Validity) : null;
        if (frame.Ordinals == null)
        {
            if (validity != null) RangeWithNulls(node, validity, ref slice);
        }
        else if (frame.Definition != null || validity != null)
        {
            OrdinalsWithGaps(node, validity, frame, ref slice);
        }
        leaves[node.Leaf].Append(slice);
    }

    private void RangeWithNulls(SchemaNode node, byte* validity, ref LeafSlice slice)
    {
        var values = Bitmap.CountOnes(validity, slice.Start, slice.Entries);
        if (values == slice.Entries) return;
        if (node.Required) throw RequiredNull(node);
        var definitions = leafScratch.Definitions(slice.Entries);
        var ordinals = leafScratch.Ordinals(slice.Entries);
        Bitmap.Expand(validity, slice.Start, slice.Entries, (byte)(node.MaxDefinition - 1), definitions);
        var missing = node.MaxDefinition - 1;
        for (int i = 0, n = 0; i < slice.Entries; i++)
        {
            ordinals[n] = slice.Start + i;
            n += definitions[i] - missing;
        }
        slice.Values = values;
        slice.Definition = definitions;
        slice.Ordinals = ordinals;
    }

    private void OrdinalsWithGaps(SchemaNode node, byte* validity, in LevelFrame frame, ref LeafSlice slice)
    {
        var definitions = leafScratch.Definitions(slice.Entries);
        var ordinals = leafScratch.Ordinals(slice.Entries);
        var there = node.MaxDefinition;
        var n = 0;
        for (var i = 0; i < slice.Entries; i++)
        {
            var ordinal = frame.Ordinals[i];
            if (ordinal < 0)
            {
                definitions[i] = frame.Definition[i];
                continue;
            }
            if (validity != null && !Bitmap.Bit(validity, ordinal))
            {
                if (node.Required) throw RequiredNull(node);
                definitions[i] = (byte)(there - 1);
                continue;
            }
            definitions[i] = there;
            ordinals[n++] = ordinal;
        }
        slice.Values = n;
        slice.Definition = n == slice.Entries ? null : definitions;
        slice.Ordinals = ordinals;
    }

    private FrameScratch Scratch(int depth)
    {
        while (scratch.Count <= depth) scratch.Add(new(arena));
        return scratch[depth];
    }

    private static byte* At(ReadOnlySpan<byte> native) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(native));

    private static EngineException RequiredNull(SchemaNode node) => new(ErrorKind.Invalid, $"column {node.Path} is required but holds a null");
}
