using System.Runtime.Intrinsics;
using System.Text.Unicode;
using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A string: bytes that have to be UTF-8.</summary>
internal sealed unsafe class AvroText(Field field, DecodeNode? parent) : AvroNode(field, parent)
{
    /// <summary>Of what is read at once; memory is readable by whole pages.</summary>
    private const int ChunkBytes = 32, PageBytes = 4096;

    private ColumnBuilder column = null!;

    internal override void Bind(ColumnBuilder column) => this.column = column;

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        var at = p;
        if (!AvroNumber.TryRead(ref p, plan.End, out var length)
            || (ulong)length > (ulong)(plan.End - p)) return plan.Truncated(at, this);
        // What lies behind the text is read with it, and means nothing: it is on the page that the text begins on.
        if (length <= ChunkBytes && ((nuint)p & (PageBytes - 1)) <= PageBytes - ChunkBytes)
        {
            var others = Vector128.Load(p).ExtractMostSignificantBits() | (Vector128.Load(p + 16).ExtractMostSignificantBits() << 16);
            if ((others & ((1UL << (int)length) - 1)) == 0)
            {
                column.AppendBytes(new ReadOnlySpan<byte>(p, ChunkBytes), (int)length);
                return p + length;
            }
        }
        var text = new ReadOnlySpan<byte>(p, (int)length);
        if (!Utf8.IsValid(text)) return plan.Fail(DecodeStatus.InvalidUtf8, p + Utf8Text.FirstInvalid(text), this);
        column.AppendBytes(text);
        return p + length;
    }
}
