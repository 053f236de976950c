using System.Numerics;
using System.Runtime.CompilerServices;

namespace K2I.Parquet;

/// <summary>Values of a fixed width: numbers, dates, times, decimals, uuids, fixed.</summary>
internal sealed unsafe class FixedReader(FileLeaf leaf, ValueConversion conversion, int width, ReadArena arena) : ValueReader
{
    private const int IndexStep = 2048, StepBytes = 4 << 20;

    private readonly int storedWidth = leaf.Width;
    private readonly ReadBuffer values = new(arena), dictionary = new(arena), scratch = new(arena), previous = new(arena);
    private StoredEncoding encoding;
    private int dictionaryCount = -1;
    private byte* at;
    private byte* end;
    private int splitCount;
    private int splitAt;
    private HybridDecoder indices;
    private DeltaDecoder deltas;
    private DeltaBytesDecoder deltaBytes;

    internal byte* Values => values.Pointer;

    internal int Width => width;

    internal override long Bytes => (long)Count * width;

    internal override int Step => Math.Max(1, StepBytes / Math.Max(width, storedWidth));

    internal override void StartChunk() => dictionaryCount = -1;

    internal override void SetDictionary(byte* start, byte* end, int count)
    {
        Damage.Unless(count <= (end - start) / storedWidth, "a dictionary is cut short");
        var into = dictionary.Ensure((long)count * width);
        ConversionKernels.Convert(conversion, start, storedWidth, into, count);
        dictionaryCount = count;
    }

    internal override void StartPage(StoredEncoding encoding, byte* start, byte* end)
    {
        this.encoding = encoding;
        at = start;
        this.end = end;
        switch (encoding)
        {
            case StoredEncoding.Plain:
                break;
            case StoredEncoding.PlainDictionary or StoredEncoding.RleDictionary:
                StartIndices(ref indices, dictionaryCount, start, end);
                break;
            case StoredEncoding.DeltaBinaryPacked when leaf.Stored is StoredType.Int32 or StoredType.Int64:
                deltas.Start(start, end);
                break;
            case StoredEncoding.ByteStreamSplit when leaf.Stored is not StoredType.Int96:
                splitCount = (int)((end - start) / storedWidth);
                splitAt = 0;
                break;
            case StoredEncoding.DeltaByteArray when leaf.Stored is StoredType.FixedLenByteArray:
                deltaBytes.Start(start, end);
                break;
            default:
                Refuse(encoding);
                break;
        }
    }

    internal override void Read(int count)
    {
        if (count == 0) return;
        var into = values.Ensure((long)(Count + count) * width, (long)Count * width) + (long)Count * width;
        if (encoding is StoredEncoding.PlainDictionary or StoredEncoding.RleDictionary) Gather(into, count);
        else if (conversion == ValueConversion.None) Decode(into, count);
        else if (encoding == StoredEncoding.Plain) ConversionKernels.Convert(conversion, TakePlain(count), storedWidth, into, count);
        else
        {
            var raw = scratch.Ensure((long)count * storedWidth);
            Decode(raw, count);
            ConversionKernels.Convert(conversion, raw, storedWidth, into, count);
        }
        Count += count;
    }

    internal override void Drop(int count)
    {
        Count -= count;
        if (Count > 0 && count > 0) Buffer.MemoryCopy(values.Pointer + (long)count * width, values.Pointer, values.Capacity, (long)Count * width);
    }

    public override void Dispose()
    {
        values.Dispose();
        dictionary.Dispose();
        scratch.Dispose();
        previous.Dispose();
    }

    private byte* TakePlain(int count)
    {
        var bytes = (long)count * storedWidth;
        Damage.Unless(bytes <= end - at, TooFew);
        var start = at;
        at += bytes;
        return start;
    }

    private void Decode(byte* into, int count)
    {
        switch (encoding)
        {
            case StoredEncoding.Plain:
                var bytes = (long)count * storedWidth;
                Buffer.MemoryCopy(TakePlain(count), into, bytes, bytes);
                break;
            case StoredEncoding.DeltaBinaryPacked:
                if (storedWidth == 4) deltas.Read((int*)into, count);
                else deltas.Read((long*)into, count);
                break;
            case StoredEncoding.ByteStreamSplit:
                Damage.Unless(count <= splitCount - splitAt, TooFew);
                for (var stream = 0; stream < storedWidth; stream++)
                {
                    var source = at + (long)stream * splitCount + splitAt;
                    var target = into + stream;
                    for (var i = 0; i < count; i++, target += storedWidth) *target = source[i];
                }
                splitAt += count;
                break;
            default:
                for (var i = 0; i < count; i++, into += storedWidth)
                {
                    Damage.Unless(deltaBytes.Next(previous) == storedWidth, "a value is not of its type's length");
                    Unsafe.CopyBlockUnaligned(into, previous.Pointer, (uint)storedWidth);
                }
                break;
        }
    }

    private void Gather(byte* into, int count)
    {
        var step = stackalloc uint[IndexStep];
        var source = dictionary.Pointer;
        while (count > 0)
        {
            var run = Math.Min(count, IndexStep);
            indices.Read(step, run);
            CheckIndices(step, run, (uint)dictionaryCount);
            switch (width)
            {
                case 4:
                    for (var i = 0; i < run; i++) ((int*)into)[i] = ((int*)source)[step[i]];
                    break;
                case 8:
                    for (var i = 0; i < run; i++) ((long*)into)[i] = ((long*)source)[step[i]];
                    break;
                case 16:
                    for (var i = 0; i < run; i++) Unsafe.WriteUnaligned(into + i * 16L, Unsafe.ReadUnaligned<UInt128>(source + step[i] * 16L));
                    break;
                default:
                    for (var i = 0; i < run; i++) Unsafe.CopyBlockUnaligned(into + (long)i * width, source + (long)step[i] * width, (uint)width);
                    break;
            }
            into += (long)run * width;
            count -= run;
        }
    }

    /// <summary>Every index must be below the dictionary's size: checked for the run, so that gathering need not.</summary>
    internal static void CheckIndices(uint* indices, int count, uint size)
    {
        var i = 0;
        uint largest = 0;
        if (Vector.IsHardwareAccelerated && count >= Vector<uint>.Count)
        {
            var largests = Vector<uint>.Zero;
            for (; i <= count - Vector<uint>.Count; i += Vector<uint>.Count) largests = Vector.Max(largests, Unsafe.ReadUnaligned<Vector<uint>>(indices + i));
            for (var lane = 0; lane < Vector<uint>.Count; lane++) largest = Math.Max(largest, largests[lane]);
        }
        for (; i < count; i++) largest = Math.Max(largest, indices[i]);
        Damage.Unless(largest < size, "an index is beyond the dictionary");
    }
}
