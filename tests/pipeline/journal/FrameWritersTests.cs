using System.Text;
using K2I.Decode;

namespace K2I.Pipeline.Tests;

public sealed class FrameWritersTests
{
    private readonly FrameWriters pool = new(1 << 20);

    [Fact]
    public void AFrameComesBackEmptyAndIsLentAgain()
    {
        var frame = pool.Take();
        Add(frame, "value");
        frame.End();
        pool.Return(frame);
        Assert.Same(frame, pool.Take());
        Assert.True(frame.IsEmpty);
        Add(frame, "other");
        Assert.Equal(1, new RecordFrameReader(frame.Bytes).Count);
    }

    [Fact]
    public void AFrameThatGrewForALargeRecordIsNotKept()
    {
        var frame = pool.Take();
        Add(frame, new string('x', RecordFrameWriter.TargetBytes * 3));
        Assert.True(frame.HasGrown);
        pool.Return(frame);
        Assert.NotSame(frame, pool.Take());
    }

    [Fact]
    public void HundredsOfSmallFramesAreKeptAndAFewLargeOnes()
    {
        var small = Enumerable.Range(0, 300).Select(_ => pool.Take()).ToHashSet();
        foreach (var frame in small) pool.Return(frame);
        Assert.All(Enumerable.Range(0, 300), _ => Assert.Contains(pool.Take(), small));

        var large = Enumerable.Range(0, 300).Select(_ => pool.Take()).ToHashSet();
        foreach (var frame in large)
        {
            Add(frame, new string('x', RecordFrameWriter.TargetBytes / 2));
            pool.Return(frame);
        }
        Assert.InRange(Enumerable.Range(0, 300).Count(_ => large.Contains(pool.Take())), 16, 128);
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
