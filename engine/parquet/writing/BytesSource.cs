using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace K2I.Parquet;

/// <summary>Where the values of one append lie. A borrow.</summary>
internal unsafe ref struct BytesSource
{
    internal byte* Bytes;

    /// <summary>Bytes that may be read.</summary>
    internal long End;

    /// <summary>Null: values of fixed length.</summary>
    internal int* Offsets;

    /// <summary>Null: one after another from <see cref="Start"/>.</summary>
    internal int* Ordinals;

    internal int Start;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly byte* Value(int i, int width, out int length)
    {
        var ordinal = Ordinals == null ? Start + i : Ordinals[i];
        if (Offsets == null)
        {
            length = width;
            return Bytes + (long)ordinal * width;
        }
        var from = Offsets[ordinal];
        length = Offsets[ordinal + 1] - from;
        return Bytes + from;
    }

    /// <summary>Copies a value; up to 32 bytes are written beyond short ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly void Copy(byte* value, byte* target, int length)
    {
        if (length <= 32 && value + 32 <= Bytes + End)
        {
            Vector128.Load(value).Store(target);
            Vector128.Load(value + 16).Store(target + 16);
            return;
        }
        Buffer.MemoryCopy(value, target, length, length);
    }
}
