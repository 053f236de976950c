using K2I.Decode;

namespace K2I.Pipeline.Tests;

public sealed class LetterBufferTests
{
    private readonly LetterBytes total = new();
    private readonly Source source = new(0, "orders", 3);

    [Fact]
    public void LettersComeBackHoweverMuchTheyGrow()
    {
        using var buffer = new LetterBuffer(total);
        int[] sizes = [0, 1, 70_000, 5, 3_000_000, 9];
        for (var i = 0; i < sizes.Length; i++) Add(buffer, i, sizes[i]);
        Assert.Equal((sizes.Length, total.Value), (buffer.Count, (long)buffer.Bytes));
        var letters = buffer.Read();
        for (var i = 0; i < sizes.Length; i++)
        {
            Assert.True(letters.Next());
            Assert.Equal(("InvalidJson", $"detail {i}", i), (letters.Error, letters.Detail, (int)letters.Offset.Value));
            Assert.Equal(sizes[i], letters.Record.Value.Length);
            Assert.Equal(-1, letters.Record.Value.IndexOfAnyExcept((byte)i));
            Assert.Same(source, letters.Source);
        }
        Assert.False(letters.Next());
    }

    [Fact]
    public void LettersCountUntilTheirBufferIsGoneAndNoLonger()
    {
        var (one, other) = (new LetterBuffer(total), new LetterBuffer(total));
        Add(one, 1, 100);
        Add(other, 2, 200);
        one.Dispose();
        one.Dispose();
        Assert.Equal(other.Bytes, total.Value);
        other.Dispose();
        Assert.Equal(0, total.Value);
    }

    private void Add(LetterBuffer to, int number, int bytes)
    {
        var value = new byte[bytes];
        value.AsSpan().Fill((byte)number);
        var record = new RecordInput(value) { Offset = new(number) };
        to.Add(in record, source, "InvalidJson", $"detail {number}", 0);
    }
}
