using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;
using K2I.Base;

namespace K2I.Parquet;

/// <summary>Values of variable length: the queue is one run of bytes, and where each value ends in it.</summary>
internal sealed unsafe class BytesReader(bool utf8, int batchBytes, ReadArena arena) : ValueReader
{
    private const int IndexStep = 1024, MaxStep = 4096, MaxQueueBytes = int.MaxValue - 1024;

    private readonly ReadBuffer bytes = new(arena), offsets = new(arena), dictionary = new(arena), dictionaryOffsets = new(arena), previous = new(arena);
    private StoredEncoding encoding;
    private int dictionaryCount = -1;
    private int dictionaryLongest;
    private byte* at;
    private byte* end;
    private HybridDecoder indices;
    private DeltaDecoder lengths;
    private DeltaBytesDecoder deltaBytes;

    /// <summary>The values' bytes, from 0.</summary>
    internal byte* Values => bytes.Pointer;

    /// <summary>Where each value begins, and after the last one where it ends; the first is 0.</summary>
    internal int* Offsets => (int*)offsets.Ensure(sizeof(int));

    internal override long Bytes => Used;

    internal override int Step => encoding is StoredEncoding.PlainDictionary or StoredEncoding.RleDictionary ? Math.Clamp(batchBytes / (dictionaryLongest + 1), 1, MaxStep) : MaxStep;

    private int Used => Count == 0 ? 0 : Offsets[Count];

    internal override void StartChunk() => dictionaryCount = -1;

    internal override void SetDictionary(byte* start, byte* end, int count)
    {
        Damage.Unless(count <= (end - start) / sizeof(int), "a dictionary is cut short");
        var starts = (int*)dictionaryOffsets.Ensure((count + 1L) * sizeof(int));
        var into = dictionary.Ensure(end - start);
        var used = 0;
        dictionaryLongest = 0;
        for (var i = 0; i < count; i++)
        {
            Damage.Unless(end - start >= sizeof(int), "a dictionary is cut short");
            var length = Unsafe.ReadUnaligned<uint>(start);
            start += sizeof(int);
            Damage.Unless(length <= end - start, "a dictionary is cut short");
            starts[i] = used;
            Unsafe.CopyBlockUnaligned(into + used, start, length);
            start += length;
            used += (int)length;
            dictionaryLongest = Math.Max(dictionaryLongest, (int)length);
        }
        starts[count] = used;
        CheckText(into, starts, 0, count);
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
            case StoredEncoding.DeltaLengthByteArray:
                lengths.Start(start, end);
                at = DeltaDecoder.EndOf(lengths);
                break;
            case StoredEncoding.DeltaByteArray:
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
        var ends = (int*)offsets.Ensure((Count + count + 1L) * sizeof(int), (Count + 1L) * sizeof(int));
        if (Count == 0) ends[0] = 0;
        switch (encoding)
        {
            case StoredEncoding.Plain:
                ReadPlain(ends, count);
                break;
            case StoredEncoding.DeltaLengthByteArray:
                ReadDeltaLengths(ends, count);
                break;
            case StoredEncoding.DeltaByteArray:
                for (var i = 0; i < count; i++)
                {
                    var length = deltaBytes.Next(previous);
                    Append(ends, Count + i, previous.Pointer, length);
                }
                break;
            default:
                Gather(ends, count);
                break;
        }
        if (encoding is not (StoredEncoding.PlainDictionary or StoredEncoding.RleDictionary)) CheckText(bytes.Pointer, ends, Count, count);
        Count += count;
    }

    internal override void Drop(int count)
    {
        Count -= count;
        if (Count == 0 || count == 0) return;
        var ends = Offsets;
        var gone = ends[count];
        for (var i = 0; i <= Count; i++) ends[i] = ends[i + count] - gone;
        Buffer.MemoryCopy(bytes.Pointer + gone, bytes.Pointer, bytes.Capacity, ends[Count]);
    }

    /// <summary>Empties the queue.</summary>
    internal void Clear() => Count = 0;

    public override void Dispose()
    {
        bytes.Dispose();
        offsets.Dispose();
        dictionary.Dispose();
        dictionaryOffsets.Dispose();
        previous.Dispose();
    }

    private void ReadPlain(int* ends, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Damage.Unless(end - at >= sizeof(int), TooFew);
            var length = Unsafe.ReadUnaligned<uint>(at);
            at += sizeof(int);
            Damage.Unless(length <= end - at, TooFew);
            Append(ends, Count + i, at, (int)length);
            at += length;
        }
    }

    private void ReadDeltaLengths(int* ends, int count)
    {
        var step = stackalloc int[IndexStep];
        for (var done = 0; done < count; done += IndexStep)
        {
            var run = Math.Min(count - done, IndexStep);
            lengths.Read(step, run);
            for (var i = 0; i < run; i++)
            {
                Damage.Unless(step[i] >= 0 && step[i] <= end - at, TooFew);
                Append(ends, Count + done + i, at, step[i]);
                at += step[i];
            }
        }
    }

    private void Gather(int* ends, int count)
    {
        var step = stackalloc uint[IndexStep];
        var starts = (int*)dictionaryOffsets.Pointer;
        for (var done = 0; done < count; done += IndexStep)
        {
            var run = Math.Min(count - done, IndexStep);
            indices.Read(step, run);
            FixedReader.CheckIndices(step, run, (uint)dictionaryCount);
            for (var i = 0; i < run; i++)
            {
                var start = starts[step[i]];
                Append(ends, Count + done + i, dictionary.Pointer + start, starts[step[i] + 1] - start);
            }
        }
    }

    /// <summary>Both sides have slack, so short values are copied without looking at their length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append(int* ends, int index, byte* source, int length)
    {
        var used = ends[index];
        var total = (long)used + length;
        if (total > bytes.Capacity || bytes.Pointer == null) Grow(used, total);
        var into = bytes.Pointer + used;
        if (length <= 16) Vector128.Load(source).Store(into);
        else Unsafe.CopyBlockUnaligned(into, source, (uint)length);
        ends[index + 1] = (int)total;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int used, long total)
    {
        if (total > MaxQueueBytes) throw new EngineException(ErrorKind.Unsupported, "values next to each other take more than 2 GiB");
        bytes.Ensure(total, used);
    }

    /// <summary>The run must be UTF-8 as a whole, and no value begin inside a character: then each value is.</summary>
    private void CheckText(byte* text, int* starts, int first, int count)
    {
        if (!utf8 || count == 0) return;
        var from = starts[first];
        var length = starts[first + count] - from;
        if (length == 0) return;
        Damage.Unless(Utf8.IsValid(new ReadOnlySpan<byte>(text + from, length)), "a string is not UTF-8");
        for (var i = first; i < first + count; i++)
            Damage.Unless(starts[i] == starts[i + 1] || (text[starts[i]] & 0xC0) != 0x80, "a string is not UTF-8");
    }
}
