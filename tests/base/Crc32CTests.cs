namespace K2I.Base.Tests;

public sealed class Crc32CTests
{
    /// <summary>RFC 3720, appendix B.4.</summary>
    [Fact]
    public void VectorsOfRfc3720Match()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
    }

    [Fact]
    public void AppendingPartsGivesTheWhole()
    {
        var data = new byte[1000];
        new Random(7).NextBytes(data);
        for (var cut = 0; cut <= data.Length; cut += 37)
            Assert.Equal(Crc32C.Compute(data), Crc32C.Append(Crc32C.Compute(data.AsSpan(0, cut)), data.AsSpan(cut)));
    }

    [Fact]
    public void AllWaysGiveTheSame()
    {
        var data = new byte[3 * 3 * 4096 + 3 * 256 + 77];
        new Random(8).NextBytes(data);
        int[] lengths = [.. Enumerable.Range(0, 1700), 12_287, 12_288, 12_289, 2 * 12_288 + 768, data.Length - 1, data.Length];
        foreach (var length in lengths)
        {
            var part = data.AsSpan(data.Length - length);
            var expected = Crc32C.AppendByTable(0x12345678, part);
            Assert.Equal(expected, Crc32C.AppendInTurn(0x12345678, part));
            Assert.Equal(expected, Crc32C.AppendInLanes(0x12345678, part));
            Assert.Equal(expected, Crc32C.Append(0x12345678, part));
        }
    }
}
