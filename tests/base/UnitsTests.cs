namespace K2I.Base.Tests;

public sealed class UnitsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData("10MB", 10_000_000)]
    [InlineData("4k", 4096)]
    public void SizesReadAsWritten(string text, long bytes)
    {
        Assert.True(Units.TryParseBytes(text, out var actual));
        Assert.Equal(bytes, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1MiB")]
    [InlineData("1XiB")]
    [InlineData("1.3B")]
    [InlineData("99999999999TiB")]
    [InlineData("1MiB 2MiB")]
    public void WrongSizesAreRefused(string text) => Assert.False(Units.TryParseBytes(text, out _));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("30s", 30_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2d", 172_800_000)]
    public void TimesReadAsWritten(string text, long ms)
    {
        Assert.True(Units.TryParseMs(text, out var actual));
        Assert.Equal(ms, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("3 parsecs")]
    [InlineData("-3s")]
    public void WrongTimesAreRefused(string text) => Assert.False(Units.TryParseMs(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(250, "250ms")]
    [InlineData(5_400_000, "90m")]
    [InlineData(172_800_000, "2d")]
    public void TimesAreWrittenAsTheyAreRead(long ms, string text) => Assert.Equal(text, Units.FormatMs(ms));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(512L << 20, "512 MiB")]
    public void BytesAreWrittenWithAUnit(long bytes, string text) => Assert.Equal(text, Units.FormatBytes(bytes));
}
