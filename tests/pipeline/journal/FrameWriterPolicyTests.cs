using System.Text;
using K2I.Decode;
using Microsoft.Extensions.ObjectPool;

namespace K2I.Pipeline.Tests;

public sealed class FrameWriterPolicyTests
{
    private readonly ObjectPool<RecordFrameWriter> pool = new DefaultObjectPool<RecordFrameWriter>(new FrameWriterPolicy(1 << 20));

    [Fact]
    public void AFrameComesBackEmptyAndIsLentAgain()
    {
        var frame = pool.Get();
        Add(frame, "value");
        frame.End();
        pool.Return(frame);
        Assert.Same(frame, pool.Get());
        Assert.True(frame.IsEmpty);
        Add(frame, "other");
        Assert.Equal(1, new RecordFrameReader(frame.Bytes).Count);
    }

    [Fact]
    public void AFrameThatGrewForALargeRecordIsNotKept()
    {
        var frame = pool.Get();
        Add(frame, new string('x', RecordFrameWriter.TargetBytes * 3));
        Assert.True(frame.HasGrown);
        pool.Return(frame);
        Assert.NotSame(frame, pool.Get());
    }

    private static void Add(RecordFrameWriter frame, string value)
    {
        var source = new Source(0, "orders", 7);
        source.StartAt(new(5));
        var record = new RecordInput(Encoding.UTF8.GetBytes(value)) { Offset = new(5) };
        Assert.True(frame.Fits(in record, source));
        frame.Add(in record, source, new(5));
    }
}
