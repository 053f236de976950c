using K2I.Base;
using Microsoft.Extensions.ObjectPool;

namespace K2I.Parquet;

/// <summary>
/// What writers or readers share: native memory and compressor contexts, kept for the next one instead of being freed. Any thread.
/// </summary>
/// <remarks>
/// Returned memory beyond <c>retainBytes</c> goes back to the kernel. Where all of them together want more than <c>limitBytes</c>, who asks
/// last is refused, as Full. Dispose after the last writer.
/// </remarks>
public sealed class ParquetBuffers(long retainBytes = 256L << 20, long limitBytes = long.MaxValue) : IDisposable
{
    private const int SmallestShift = 12, LargestShift = 33;

    private readonly Lock gate = new();
    private readonly NativeBlock?[] free = new NativeBlock?[LargestShift + 1];
    private readonly DefaultObjectPoolProvider pools = new();
    private readonly Dictionary<(ParquetCodec Codec, int Level), ObjectPool<Compressor>> compressors = [];
    private long idleBytes;
    private long rentedBytes;
    private bool disposed;

    /// <summary>Bytes kept for reuse.</summary>
    public long IdleBytes => Volatile.Read(ref idleBytes);

    /// <summary>What all may have together.</summary>
    public long LimitBytes => limitBytes;

    internal NativeBlock Rent(long bytes)
    {
        var shift = SmallestShift;
        while (1L << shift < bytes) shift++;
        Check.That(shift <= LargestShift);
        lock (gate)
        {
            Check.That(!disposed);
            if (1L << shift > limitBytes - rentedBytes)
            {
                var (more, has) = (Units.FormatBytes(1L << shift), Units.FormatBytes(rentedBytes));
                throw new EngineException(
                    ErrorKind.Full, $"Parquet needs {more} more of memory, and has {has} of {Units.FormatBytes(limitBytes)}");
            }
            rentedBytes += 1L << shift;
            if (free[shift] is { } block)
            {
                free[shift] = block.Next;
                block.Next = null;
                block.Used = 0;
                idleBytes -= block.Capacity;
                return block;
            }
            if (rentedBytes + idleBytes > limitBytes) FreeIdle();
        }
        try
        {
            return new(shift);
        }
        catch (EngineException)
        {
            lock (gate) rentedBytes -= 1L << shift;
            throw;
        }
    }

    internal void Return(NativeBlock block)
    {
        lock (gate)
        {
            rentedBytes -= block.Capacity;
            if (!disposed && idleBytes + block.Capacity <= retainBytes)
            {
                block.Next = free[block.Shift];
                free[block.Shift] = block;
                idleBytes += block.Capacity;
                return;
            }
        }
        block.Dispose();
    }

    /// <summary>Null where nothing is compressed.</summary>
    internal Compressor? RentCompressor(ParquetCodec codec, int level) =>
        codec == ParquetCodec.Uncompressed ? null : CompressorsOf(codec, level).Get();

    internal void ReturnCompressor(Compressor compressor, ParquetCodec codec, int level) => CompressorsOf(codec, level).Return(compressor);

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            FreeIdle();
            // Those that come back later are freed at once.
            foreach (var pool in compressors.Values) ((IDisposable)pool).Dispose();
        }
    }

    private void FreeIdle()
    {
        for (var shift = 0; shift < free.Length; shift++)
        {
            for (var block = free[shift]; block is not null; block = block.Next) block.Dispose();
            free[shift] = null;
        }
        idleBytes = 0;
    }

    private ObjectPool<Compressor> CompressorsOf(ParquetCodec codec, int level)
    {
        lock (gate)
        {
            if (!compressors.TryGetValue((codec, level), out var pool))
                compressors[(codec, level)] = pool = pools.Create(new CompressorPolicy(codec, level));
            return pool;
        }
    }
}
