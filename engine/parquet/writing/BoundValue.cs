using System.Numerics;

namespace K2I.Parquet;

/// <summary>A least or greatest value so far, as the bytes of its plain encoding. Allocates only when a longer one comes.</summary>
internal sealed class BoundValue
{
    private byte[] bytes = [];
    private int length = -1;

    internal bool Has => length >= 0;

    internal ReadOnlySpan<byte> Value => bytes.AsSpan(0, length);

    internal void Set(ReadOnlySpan<byte> value)
    {
        if (bytes.Length < value.Length) bytes = new byte[BitOperations.RoundUpToPowerOf2((uint)Math.Max(value.Length, 16))];
        value.CopyTo(bytes);
        length = value.Length;
    }

    internal void Clear() => length = -1;
}
