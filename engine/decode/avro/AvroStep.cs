using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// A value among those that are read one after the other. What comes often and is plain is read here, without a call for each; all else,
/// and whatever is wrong, by the value's reader, from where it begins.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal unsafe struct AvroStep
{
    /// <summary>Of text that is read at once; memory is readable by whole pages.</summary>
    private const int ChunkBytes = 32, PageBytes = 4096;

    private const int UuidCharacters = 36;

    /// <summary>Lengths as single bytes.</summary>
    private const byte ChunkLength = 2 * ChunkBytes, UuidLength = 2 * UuidCharacters;

    private const int NoUnion = -1;

    private readonly AvroNode reader;
    private readonly AvroOp op;
    private readonly long least;
    private readonly ulong range;
    private readonly long factor;
    private readonly int branch = NoUnion;
    private ColumnBuilder column = null!;

    /// <summary>All of it by the reader.</summary>
    internal AvroStep(AvroNode reader) => this.reader = reader;

    /// <param name="reader">Of what is not plain.</param>
    /// <param name="op">How the value goes into the column.</param>
    /// <param name="least">Of whole numbers, as read: what the column can have begins here,</param>
    /// <param name="most">and ends here.</param>
    /// <param name="factor">Of whole numbers: what to multiply by.</param>
    internal AvroStep(AvroNode reader, AvroOp op, long least, long most, long factor)
    {
        (this.reader, this.op, this.least, this.factor) = (reader, op, least, factor);
        range = (ulong)(most - least);
    }

    private AvroStep(AvroNode reader, AvroStep value, int branch)
    {
        this = value;
        (this.reader, this.branch) = (reader, branch);
    }

    /// <summary>The same in a union, of which it is the branch with this number; null and others are the reader's.</summary>
    internal readonly AvroStep In(AvroNode union, int number) => number < 0x40 ? new(union, this, number * 2) : new(union);

    /// <summary>Writes to another batch from now on.</summary>
    internal void Bind(ColumnBuilder column)
    {
        this.column = column;
        reader.Bind(column);
    }

    /// <summary>Reads the values, all of them so many times; returns the position behind them, or null once an error is noted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Run(ReadOnlySpan<AvroStep> steps, long times, byte* p, AvroPlan plan)
    {
        for (; times > 0; times--)
        {
            for (var next = 0; ; next++)
            {
                p = RunPlain(steps, ref next, p, plan.End);
                if (next == steps.Length) break;
                p = steps[next].reader.Read(p, plan);
                if (p == null) return null;
            }
        }
        return p;
    }

    /// <summary>
    /// Reads values from one of them on, up to one that is its reader's. It calls nothing, and so keeps all it has in registers.
    /// </summary>
    private static byte* RunPlain(ReadOnlySpan<AvroStep> steps, ref int next, byte* p, byte* recordEnd)
    {
        // Walked by reference: an index costs a multiplication for each.
        ref var first = ref MemoryMarshal.GetReference(steps);
        ref var end = ref Unsafe.Add(ref first, steps.Length);
        ref var step = ref Unsafe.Add(ref first, next);
        for (; Unsafe.IsAddressLessThan(ref step, ref end); step = ref Unsafe.Add(ref step, 1))
        {
            var at = p;
            var column = step.column;
            if (step.op == AvroOp.None || !column.HasRoom) break;
            if (step.branch != NoUnion && (at == recordEnd || *at++ != step.branch)) break;
            switch (step.op)
            {
                case AvroOp.Text:
                    if (at == recordEnd || (*at & 1) != 0 || *at > ChunkLength || *at / 2 > recordEnd - at - 1) break;
                    var length = *at++ / 2;
                    // What lies behind the text is read with it, and means nothing: it is on the page that the text begins on.
                    if (((nuint)at & (PageBytes - 1)) > PageBytes - ChunkBytes) break;
                    var (low, high) = (Vector128.Load(at), Vector128.Load(at + 16));
                    var others = low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 16);
                    if ((others & ((1UL << length) - 1)) != 0 || !column.TryPutBytes(low, high, length)) break;
                    p = at + length;
                    continue;
                case AvroOp.Long:
                    if (!AvroNumber.TryReadShort(ref at, recordEnd, out var number) || (ulong)(number - step.least) > step.range) break;
                    column.Put(number * step.factor);
                    p = at;
                    continue;
                case AvroOp.Int:
                    if (!AvroNumber.TryReadShort(ref at, recordEnd, out number) || (ulong)(number - step.least) > step.range) break;
                    column.Put((int)number);
                    p = at;
                    continue;
                case AvroOp.Double:
                    if (recordEnd - at < sizeof(double)) break;
                    column.Put(*(double*)at);
                    p = at + sizeof(double);
                    continue;
                case AvroOp.Bool:
                    if (at == recordEnd || *at > 1) break;
                    column.PutBool(*at == 1);
                    p = at + 1;
                    continue;
                case AvroOp.UuidText:
                    if (recordEnd - at <= UuidCharacters || *at != UuidLength || !UuidKernel.Read(at + 1, out var uuid)) break;
                    column.Put(uuid);
                    p = at + 1 + UuidCharacters;
                    continue;
            }
            break;
        }
        next = (int)(Unsafe.ByteOffset(ref first, ref step) / Unsafe.SizeOf<AvroStep>());
        return p;
    }
}
