using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>Decimals stored as byte arrays of any length.</summary>
internal sealed unsafe class DecimalBytesReader(ReadArena arena, int batchBytes) : ValueReader
{
    private readonly BytesReader stored = new(false, batchBytes, arena);
    private readonly ReadBuffer values = new(arena);

    internal byte* Values => values.Pointer;

    internal override long Bytes => (long)Count * sizeof(Int128);

    internal override int Step => stored.Step;

    internal override void StartChunk() => stored.StartChunk();

    internal override void SetDictionary(byte* start, byte* end, int count) => stored.SetDictionary(start, end, count);

    internal override void StartPage(StoredEncoding encoding, byte* start, byte* end) => stored.StartPage(encoding, start, end);

    internal override void Read(int count)
    {
        stored.Read(count);
        var into = values.Ensure((long)(Count + count) * sizeof(Int128), (long)Count * sizeof(Int128)) + (long)Count * sizeof(Int128);
        var ends = stored.Offsets;
        for (var i = 0; i < count; i++) Unsafe.WriteUnaligned(into + (long)i * sizeof(Int128), ConversionKernels.Decimal(stored.Values + ends[i], ends[i + 1] - ends[i]));
        stored.Clear();
        Count += count;
    }

    internal override void Drop(int count)
    {
        Count -= count;
        if (Count > 0 && count > 0) Buffer.MemoryCopy(values.Pointer + (long)count * sizeof(Int128), values.Pointer, values.Capacity, (long)Count * sizeof(Int128));
    }

    public override void Dispose()
    {
        stored.Dispose();
        values.Dispose();
    }
}
