namespace K2I.Parquet;

/// <summary>Booleans, queued one a byte.</summary>
internal sealed unsafe class BooleanReader(ReadArena arena) : ValueReader
{
    private const int LengthBytes = 4;

    private readonly ReadBuffer values = new(arena);
    private HybridDecoder runs;

    internal byte* Values => values.Pointer;

    internal override long Bytes => Count;

    internal override void StartChunk()
    {
    }

    internal override void SetDictionary(byte* start, byte* end, int count) => Damage.Throw("a dictionary of booleans");

    internal override void StartPage(StoredEncoding encoding, byte* start, byte* end)
    {
        switch (encoding)
        {
            case StoredEncoding.Plain:
                runs.StartPacked(start, end, 1);
                break;
            case StoredEncoding.Rle:
                // How many bytes of runs follow is said first, and passed over: they end with the page, and early versions of hyparquet-writer say how many values.
                Damage.Unless(start == end || end - start >= LengthBytes, TooFew);
                runs.Start(start == end ? end : start + LengthBytes, end, 1);
                break;
            default:
                Refuse(encoding);
                break;
        }
    }

    internal override void Read(int count)
    {
        var into = values.Ensure(Count + (long)count, Count) + Count;
        runs.Read(into, count);
        Count += count;
    }

    internal override void Drop(int count)
    {
        Count -= count;
        if (Count > 0 && count > 0) Buffer.MemoryCopy(values.Pointer + count, values.Pointer, values.Capacity, Count);
    }

    public override void Dispose() => values.Dispose();
}
