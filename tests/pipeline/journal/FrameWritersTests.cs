using System.Text;
using K2I.Decode;

namespace K2I.Pipeline.Tests;

public sealed class FrameWritersTests
{
    private readonly FrameWriters pool = new(1 << 20);
    private readonly Source orders = new(0, "orders", 7);

    public FrameWritersTests() => orders.StartAt(new(5));

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
    public void HundredsOfSmallFramesAreKeptAndSomeLargerOnes()
    {
        var small = Enumerable.Range(0, 300).Select(_ => pool.Take()).ToHashSet();
        foreach (var frame in small) pool.Return(frame);
        Assert.All(Enumerable.Range(0, 300), _ => Assert.Contains(pool.Take(), small));

        var large = Enumerable.Range(0, 60).Select(_ => pool.Take()).ToHashSet();
        foreach (var frame in large)
        {
            Add(frame, new string('x', RecordFrameWriter.TargetBytes / 8));
            pool.Return(frame);
        }
        Assert.All(Enumerable.Range(0, 60), _ => Assert.Contains(pool.Take(), large));
    }

    [Fact]
    public void TheMoreAreLentTheSmallerTheyStayAndNoneIsMadeAnew()
    {
        var made = new HashSet<RecordFrameWriter>(ReferenceEqualityComparer.Instance);
        for (var round = 0; round < 3; round++)
        {
            var lent = Enumerable.Range(0, 250).Select(_ => pool.Take()).ToList();
            if (round == 0) made.UnionWith(lent);
            Assert.All(lent, frame => Assert.Contains(frame, made));
            foreach (var frame in lent) Add(frame, new string('x', 20 << 10));
            if (round > 0) Assert.DoesNotContain(lent, frame => Fits(frame, "another"));
            foreach (var frame in lent) pool.Return(frame);
        }
        for (var round = 0; round < 100; round++) pool.Return(pool.Take());
        var alone = pool.Take();
        Add(alone, new string('x', 40 << 10));
        Assert.True(Fits(alone, "another"));
    }

    private bool Fits(RecordFrameWriter frame, string value)
    {
        var record = new RecordInput(Encoding.UTF8.GetBytes(value)) { Offset = new(5) };
        return frame.Fits(in record, orders);
    }

    private void Add(RecordFrameWriter frame, string value)
    {
        Assert.True(Fits(frame, value));
        var record = new RecordInput(Encoding.UTF8.GetBytes(value)) { Offset = new(5) };
        frame.Add(in record, orders, new(5));
    }
}
