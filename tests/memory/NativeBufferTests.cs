using K2I.Base;

namespace K2I.Memory.Tests;

public sealed class NativeBufferTests
{
    [Fact]
    public void ReservedMemoryIsZeroAndReleasedPagesReadAsZero()
    {
        using var buffer = NativeBuffer.Reserve(MemoryTag.Scratch, 3 * NativeBuffer.PageBytes);
        Assert.All(buffer.Slice(0, 64).ToArray(), b => Assert.Equal(0, b));
        buffer.Slice(0, (int)buffer.Capacity).Fill(9);
        buffer.Release(100, 2 * NativeBuffer.PageBytes);
        Assert.Equal(9, buffer.Slice(0, 1)[0]);
        Assert.Equal(0, buffer.Slice(NativeBuffer.PageBytes, 1)[0]);
        Assert.Equal(9, buffer.Slice(2 * NativeBuffer.PageBytes, 1)[0]);
    }

    [Fact]
    public void LedgerBalancesAfterDispose()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Scratch);
        var buffer = NativeBuffer.Reserve(MemoryTag.Scratch, 10_000);
        Assert.Equal(before + buffer.Capacity, MemoryLedger.Bytes(MemoryTag.Scratch));
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Scratch));
    }

    [Fact]
    public void ImpossibleReservationSaysFull()
    {
        var error = Assert.Throws<EngineException>(() => NativeBuffer.Reserve(MemoryTag.Scratch, 1L << 60));
        Assert.Equal(ErrorKind.Full, error.Kind);
    }

    [Fact]
    public void SlicesOutsideAreRefused()
    {
        using var buffer = NativeBuffer.Reserve(MemoryTag.Scratch, 4096);
        Assert.Throws<InvalidOperationException>(() => buffer.Slice(4000, 200).Length);
    }
}
