using System.Runtime.InteropServices;

namespace K2I.Iceberg;

/// <summary>Gives distinct values small numbers, from 0 in order of first sight. Looking a known value up allocates nothing. One thread.</summary>
internal sealed class ValueIds
{
    private readonly Dictionary<long, int> longs = [];
    private readonly Dictionary<byte[], int> bytes = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> spans;

    public ValueIds() => spans = bytes.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count { get; private set; }

    public int Of(long value, out bool isNew)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(longs, value, out var known);
        isNew = !known;
        if (isNew) id = Count++;
        return id;
    }

    public int Of(ReadOnlySpan<byte> value, out bool isNew)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(spans, value, out var known);
        isNew = !known;
        if (isNew) id = Count++;
        return id;
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => Murmur3.Hash(obj);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => Murmur3.Hash(alternate);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
