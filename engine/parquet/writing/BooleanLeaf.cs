using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace K2I.Parquet;

/// <summary>Booleans: plain, one bit each, in pages of both versions, as older Spark refuses runs of them. Collected one byte each and packed when the page ends.</summary>
internal sealed unsafe class BooleanLeaf(SchemaNode node, EncodeContext context) : LeafWriter(node, context)
{
    private static readonly byte[] Bounds = [0, 1];

    private readonly GrowBuffer values = new(context.Arena);
    private int ones;

    internal override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a[0] - b[0];

    protected override long PageBytes => PageValues / 8;

    protected override long DictionaryBytes => 0;

    protected override int DictionaryCount => 0;

    protected override byte* DictionaryPage => null;

    protected override long Cost(in LeafSlice slice, int from, int count) => count / 8;

    protected override int CountToReach(in LeafSlice slice, int from, int count, long bytes) => (int)Math.Min(count, Math.Max(bytes, 1) * 8);

    protected override void AppendValues(in LeafSlice slice, int from, int count)
    {
        var bits = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(slice.View.ValueBytes));
        var target = values.Ensure((long)PageValues + count + Slack, PageValues) + PageValues;
        if (slice.Ordinals == null)
        {
            Bitmap.Expand(bits, slice.Start + from, count, 0, target);
            ones += Bitmap.CountOnes(bits, slice.Start + from, count);
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var bit = Bitmap.Bit(bits, slice.Ordinals[from + i]);
            target[i] = bit ? (byte)1 : (byte)0;
            ones += target[i];
        }
    }

    protected override PageEncoding EncodePage(byte* levels, int levelBytes, out byte* body, out long bytes)
    {
        var groups = PageValues / 8;
        var rest = PageValues % 8;
        bytes = levelBytes + groups + (rest == 0 ? 0 : 1);
        body = Context.Body.Ensure(bytes + Slack, 0);
        Buffer.MemoryCopy(levels, body, levelBytes, levelBytes);
        var end = BitPacker.PackBytes(values.Pointer, groups, 1, body + levelBytes);
        if (rest > 0)
        {
            ulong padded = 0;
            Unsafe.CopyBlockUnaligned(&padded, values.Pointer + groups * 8, (uint)rest);
            BitPacker.PackBytes((byte*)&padded, 1, 1, end);
        }
        return PageEncoding.Plain;
    }

    protected override bool PageBounds(out ReadOnlySpan<byte> min, out ReadOnlySpan<byte> max)
    {
        min = Bounds.AsSpan(ones == PageValues ? 1 : 0, 1);
        max = Bounds.AsSpan(ones > 0 ? 1 : 0, 1);
        return PageValues > 0;
    }

    protected override void ResetPage() => ones = 0;

    protected override void ResetChunk()
    {
    }

    protected override void DisposeValues() => values.Dispose();
}
