using System.Text;

using K2I.Columns;

namespace K2I.Iceberg.Tests;

public sealed class BoundsTests
{
    [Theory]
    [InlineData("iceberg", 3, "ice", "icf")]
    [InlineData("abc", 3, "abc", "abc")]
    [InlineData("ab", 3, "ab", "ab")]
    [InlineData("\uD7FFx", 1, "\uD7FF", "\uE000")]
    [InlineData("a\U0010FFFFx", 2, "a\U0010FFFF", "b")]
    [InlineData("\U0010FFFF\U0010FFFFx", 2, "\U0010FFFF\U0010FFFF", null)]
    [InlineData("€€€", 2, "€€", "€₭")]
    public void TextIsCutByCodePointAndRaised(string text, int length, string lower, string? upper)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(lower, Encoding.UTF8.GetString(Bounds.Lower(PrimitiveType.String, bytes, length)));
        var cut = Bounds.Upper(PrimitiveType.String, bytes, length);
        Assert.Equal(upper, cut is null ? null : Encoding.UTF8.GetString(cut));
    }

    [Fact]
    public void BytesAreCutAndRaised()
    {
        Assert.Equal([1, 2], Bounds.Lower(PrimitiveType.Binary, [1, 2, 3], 2));
        Assert.Equal([1, 3], Bounds.Upper(PrimitiveType.Binary, [1, 2, 3], 2)!);
        Assert.Equal([2], Bounds.Upper(PrimitiveType.Binary, [1, 255, 3], 2)!);
        Assert.Null(Bounds.Upper(PrimitiveType.Binary, [255, 255, 3], 2));
        Assert.Equal([1, 2, 3], Bounds.Upper(PrimitiveType.Binary, [1, 2, 3], 3)!);
    }

    [Fact]
    public void CutBoundsEncloseTheirValue()
    {
        var random = new Random(11);
        for (var i = 0; i < 2000; i++)
        {
            var text = new StringBuilder();
            for (var n = random.Next(1, 6); n > 0; n--)
            {
                var rune = random.Next(4) switch { 0 => 0xD7FF, 1 => 0x10FFFF, 2 => 0xE000, _ => random.Next(0x20, 0xD800) };
                text.Append(char.ConvertFromUtf32(rune));
            }
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            var length = random.Next(1, 5);
            var lower = Bounds.Lower(PrimitiveType.String, bytes, length);
            Assert.True(SingleValue.Compare(PrimitiveType.String, lower, bytes) <= 0);
            if (Bounds.Upper(PrimitiveType.String, bytes, length) is { } upper) Assert.True(SingleValue.Compare(PrimitiveType.String, upper, bytes) >= 0);
        }
    }

    [Fact]
    public void DecimalsTakeTheFewestBytes()
    {
        Assert.Equal([0], SingleValue.OfDecimal(0));
        Assert.Equal([0, 128], SingleValue.OfDecimal(128));
        Assert.Equal([128], SingleValue.OfDecimal(-128));
        Assert.Equal([5, 140], SingleValue.OfDecimal(1420));
        Assert.Equal(16, SingleValue.OfDecimal(Int128.MinValue).Length);
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            Int128 value = random.NextInt64(long.MinValue, long.MaxValue);
            value = (value << random.Next(0, 64)) >> random.Next(0, 64);
            Assert.Equal(value, SingleValue.ToDecimal(SingleValue.OfDecimal(value)));
        }
    }

    [Theory]
    [InlineData("none", false, 0)]
    [InlineData("counts", true, 0)]
    [InlineData(" Truncate(32) ", true, 32)]
    [InlineData("full", true, int.MaxValue)]
    public void ModesAreRead(string text, bool counts, int length)
    {
        Assert.True(MetricsMode.TryParse(text, out var mode));
        Assert.Equal((counts, length), (mode.HasCounts, mode.BoundLength));
    }

    [Theory]
    [InlineData("truncate(0)")]
    [InlineData("truncate()")]
    [InlineData("all")]
    public void BadModesAreRefused(string text) => Assert.False(MetricsMode.TryParse(text, out _));

    [Fact]
    public void OnlyTheFirstHundredColumnsGetTheDefault()
    {
        var schema = Schema.Of([.. Enumerable.Range(1, 150).Select(i => new Field(i, $"c{i}", PrimitiveType.Long, false))]);
        var table = new TableCreation
        {
            Schema = schema,
            SortOrder = new SortOrder(1, [new SortField(120, Transform.Identity, false, false)]),
            Properties = TestTables.Strings(("write.metadata.metrics.column.c130", "full"), ("write.metadata.metrics.column.c5", "counts"), ("write.metadata.metrics.column.c6", "nonsense")),
        }.Build(TestTables.Events, "u", "memory://t", 1);
        var modes = new MetricsModes(table);
        Assert.Equal(MetricsMode.Truncate(16), modes.Of(100));
        Assert.Equal(MetricsMode.None, modes.Of(101));
        Assert.Equal(MetricsMode.Truncate(16), modes.Of(120));
        Assert.Equal(MetricsMode.Full, modes.Of(130));
        Assert.Equal(MetricsMode.Counts, modes.Of(5));
        Assert.Equal(MetricsMode.Truncate(16), modes.Of(6));
    }
}
