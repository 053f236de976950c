using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg.Tests;

public sealed class DeletionVectorTests
{
    [Theory]
    [InlineData("0000002ad1d339640100000000000000000000003a30000001000000000004001000000001000300050007000900b3fb20be", new long[] { 1, 3, 5, 7, 9 })]
    [InlineData("0000000cd1d339640000000000000000bf18480c", new long[0])]
    [InlineData("00000030d1d339640100000000000000000000003a300000020000000000010000800100180000001c000000640065006300640015eb1c7c", new long[] { 100, 101, 2147483747, 2147483748 })]
    [InlineData("00000024d1d339640100000000000000000000003a300000010000000000010010000000" + "03000700" + "a6519a26", new long[] { 3, 7 })]
    public void BlobsOfIcebergJavaHoldThePositionsItPutThere(string hex, long[] positions)
    {
        var read = DeletionVector.Read(Convert.FromHexString(hex), "blob");
        Assert.Equal(positions, read.All());
        Assert.Equal(positions.Length, read.Count);
        Assert.All(positions, p => Assert.True(read.Contains(p)));
    }

    [SharedFact("data/iceberg/dv")]
    public void AllKindsOfContainerAreRead()
    {
        const long bitmap = 1L << 32, container = 1 << 16;
        var read = DeletionVector.Read(File.ReadAllBytes(Shared.Need("data/iceberg/dv/all-container-types-position-index.bin")), "blob");
        Assert.Equal(
        [
            5, 7, .. Range(container + 1, container + 1000), .. Range(2 * container + 1, 3 * container - 1),
            bitmap + 10, bitmap + 20, .. Range(bitmap + container + 10, bitmap + container + 500), .. Range(bitmap + 2 * container + 1, bitmap + 3 * container - 1),
        ], read.All());

        static IEnumerable<long> Range(long from, long to)
        {
            for (; from < to; from++) yield return from;
        }
    }

    [SharedTheory("data/iceberg/dv")]
    [InlineData("64map32bitvals.bin")]
    [InlineData("64mapempty.bin")]
    [InlineData("64maphighvals.bin")]
    [InlineData("64mapspreadvals.bin")]
    public void BitmapsOfRoaringsOwnTestsAreReadOrRefused(string name)
    {
        var bytes = File.ReadAllBytes(Shared.Need($"data/iceberg/dv/{name}"));
        // Positions have 63 bits: the one file with keys of 32 bits is refused.
        if (name == "64maphighvals.bin") Assert.Throws<EngineException>(() => DeletionVector.ReadBitmap(bytes, name));
        else Assert.Equal(name == "64mapempty.bin" ? 0 : DeletionVector.ReadBitmap(bytes, name).All().Count(), DeletionVector.ReadBitmap(bytes, name).Count);
    }

    [Fact]
    public void DamagedBlobsAreErrors()
    {
        var random = new Random(7);
        var blob = Convert.FromHexString("00000030d1d339640100000000000000000000003a300000020000000000010000800100180000001c000000640065006300640015eb1c7c");
        for (var i = 0; i < 2000; i++)
        {
            var damaged = (byte[])blob.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => DeletionVector.Read(damaged, "blob")).Kind);
            try
            {
                DeletionVector.ReadBitmap(damaged.AsSpan(8, random.Next(damaged.Length - 12)), "bitmap");
            }
            catch (EngineException error)
            {
                Assert.Equal(ErrorKind.Corrupt, error.Kind);
            }
        }
    }

    [Fact]
    public void PositionsAreASetWhateverTheOrderTheyCome()
    {
        var random = new Random(3);
        var model = new SortedSet<long>();
        var set = new RowPositions();
        for (var i = 0; i < 50_000; i++)
        {
            var position = random.Next(4) == 0 ? random.NextInt64(1L << 40) : random.Next(30_000) + (random.Next(3) << 16);
            model.Add(position);
            set.Add(position);
        }
        Assert.Equal(model, set.All());
        Assert.Equal(model.Count, set.Count);
        var others = new Ordinal[70_000];
        var found = set.Others(60_000, others.Length, others);
        Assert.Equal(Enumerable.Range(0, others.Length).Where(r => !model.Contains(60_000 + r)), others.Take(found).Select(o => o.Value));
    }
}
