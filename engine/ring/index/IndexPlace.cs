namespace K2I.Ring;

/// <summary>A place of an <see cref="IndexBudget"/>: one of the equal parts of a unit.</summary>
/// <param name="Size">Which of the sizes: 0 is <see cref="SmallestBytes"/>, each next one twice as much, 3 a whole unit.</param>
internal readonly record struct IndexPlace(int Unit, int Part, int Size)
{
    internal const int SmallestBytes = 4 << 10, Sizes = 4, UnitBytes = SmallestBytes << (Sizes - 1);

    internal int Bytes => BytesOf(Size);

    /// <summary>Which of the smallest places of the unit it covers, a bit each.</summary>
    internal byte Smallest => (byte)(((1 << (1 << Size)) - 1) << (Part << Size));

    internal static int BytesOf(int size) => SmallestBytes << size;

    internal static int PartsOf(int size) => UnitBytes / BytesOf(size);
}
