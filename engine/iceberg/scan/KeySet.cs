namespace K2I.Iceberg;

/// <summary>A set of byte strings that is asked by span.</summary>
internal sealed class KeySet
{
    private readonly HashSet<byte[]> keys = new(new Comparer());
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> lookup;

    internal KeySet() => lookup = keys.GetAlternateLookup<ReadOnlySpan<byte>>();

    internal int Count => keys.Count;

    internal void Add(ReadOnlySpan<byte> key) => lookup.Add(key);

    internal bool Contains(ReadOnlySpan<byte> key) => lookup.Contains(key);

    private sealed class Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
