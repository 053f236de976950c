using System.Buffers.Binary;
using System.Text;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

public sealed class PuffinTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly LocalStore store;

    public PuffinTests() => store = new LocalStore(folder.Path);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void BlobsComeBackAsTheyWereWritten()
    {
        var path = $"{store.Root}/a.puffin";
        var bytes = new[] { Encoding.UTF8.GetBytes("first"), [], new byte[100_000] };
        using (var target = store.Create(path))
        {
            var writer = new PuffinWriter(target);
            for (var i = 0; i < bytes.Length; i++) writer.Add(new PuffinBlob($"type-{i}", [i, 7], new(5), 6, 0, 0) { Properties = TestTables.Strings(("k", $"\"{i}\"")) }, bytes[i]);
            writer.Finish(TestTables.Strings(("made-of", "é")));
            target.Complete();
        }
        using var file = PuffinFile.Open(store, path);
        Assert.Equal("é", file.Properties["made-of"]);
        Assert.Equal(["type-0", "type-1", "type-2"], file.Blobs.Select(b => b.Type));
        Assert.All(file.Blobs, b => Assert.Equal((new SnapshotId(5), 6L), (b.SnapshotId!.Value, b.SequenceNumber)));
        Assert.Equal((int[])[2, 7], file.Blobs[2].Fields.ToArray());
        Assert.Equal("\"1\"", file.Blobs[1].Properties["k"]);
        for (var i = 0; i < bytes.Length; i++) Assert.Equal(bytes[i], file.Read(file.Blobs[i]));
        Assert.Equal(store.Length(path) - bytes.Sum(b => b.Length) - 4, file.FooterBytes);
    }

    [SharedTheory("data/iceberg/dv")]
    [InlineData("empty-puffin-uncompressed.bin", 0)]
    [InlineData("sample-metric-data-uncompressed.bin", 2)]
    [InlineData("sample-metric-data-compressed-zstd.bin", 2)]
    [InlineData("single-blob-dv.puffin", 1)]
    [InlineData("multi-blob-dv.puffin", -1)]
    [InlineData("deletion-vector-v1.puffin", -1)]
    public void FilesOfOthersAreRead(string name, int blobs)
    {
        using var file = PuffinFile.Open(new LocalStore(Shared.Need("data/iceberg/dv")), Shared.Need($"data/iceberg/dv/{name}"));
        if (blobs >= 0) Assert.Equal(blobs, file.Blobs.Length);
        foreach (var blob in file.Blobs)
        {
            var bytes = file.Read(blob);
            if (blob.Type != PuffinBlob.DeletionVectorType) continue;
            Assert.Equal(long.Parse(blob.Properties["cardinality"]), DeletionVector.Read(bytes, name).Count);
        }
        if (name.StartsWith("sample", StringComparison.Ordinal))
            Assert.Equal(["abcdefghi", "some blob \0 binary data 🤯 that is not very very very very very very long, is it?"], file.Blobs.Select(b => Encoding.UTF8.GetString(file.Read(b))));
    }

    /// <summary>A vector read and written again is the same bytes: containers take the forms that Iceberg Java chooses.</summary>
    [SharedTheory("data/iceberg/dv")]
    [InlineData("empty-position-index.bin")]
    [InlineData("small-alternating-values-position-index.bin")]
    [InlineData("small-and-large-values-position-index.bin")]
    [InlineData("all-container-types-position-index.bin")]
    public void VectorsAreWrittenAsIcebergJavaWritesThem(string name)
    {
        var bytes = File.ReadAllBytes(Shared.Need($"data/iceberg/dv/{name}"));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(DeletionVector.Write(DeletionVector.Read(bytes, name))));
    }

    [Fact]
    public void AnyPositionsSurviveBeingWrittenAsAVector()
    {
        var random = new Random(5);
        for (var round = 0; round < 60; round++)
        {
            var positions = new RowPositions();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                var start = random.Next(3) == 0 ? random.NextInt64(1L << 45) : random.Next(200_000);
                var step = random.Next(1, 4);
                for (var n = random.Next(9000); n > 0; n--) positions.Add(start + ((long)n * step));
            }
            var back = DeletionVector.Read(DeletionVector.Write(positions), "vector");
            Assert.Equal(positions.All(), back.All());
            Assert.Equal(positions.Count, back.Count);
        }
    }

    [Fact]
    public void SketchesOfEveryFormAreEstimated()
    {
        Assert.Equal(0, ThetaSketch.Estimate([1, 3, 3, 0, 0, 0x1E, 0, 0], "empty"));
        Assert.Equal(1, ThetaSketch.Estimate([1, 3, 3, 0, 0, 0x3A, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8], "single"));
        var exact = new byte[16 + (3 * 8)];
        new byte[] { 2, 3, 3, 0, 0, 0x1A }.CopyTo(exact, 0);
        exact[8] = 3;
        Assert.Equal(3, ThetaSketch.Estimate(exact, "exact"));
        var sampled = new byte[24 + (4 * 8)];
        new byte[] { 3, 3, 3, 0, 0, 0x1A }.CopyTo(sampled, 0);
        sampled[8] = 4;
        BinaryPrimitives.WriteInt64LittleEndian(sampled.AsSpan(16), long.MaxValue / 2);
        Assert.Equal(8, ThetaSketch.Estimate(sampled, "sampled"), 6);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => ThetaSketch.Estimate(sampled.AsSpan(0, 30), "cut")).Kind);
    }

    [Fact]
    public void DistinctCountsComeFromTheFilesWordOrElseFromItsSketch()
    {
        var path = $"{store.Root}/s.stats";
        using (var target = store.Create(path))
        {
            var writer = new PuffinWriter(target);
            PuffinBlob Sketch(int field) => new(PuffinBlob.ThetaSketchType, [field], new(1), 1, 0, 0);
            writer.Add(Sketch(1) with { Properties = TestTables.Strings(("ndv", "77")) }, [1]);
            writer.Add(Sketch(2), [1, 3, 3, 0, 0, 0x3A, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
            writer.Add(new PuffinBlob("something-else", [3], new(1), 1, 0, 0), [1, 2]);
            writer.Finish();
            target.Complete();
        }
        Assert.Equal([KeyValuePair.Create(1, 77L), KeyValuePair.Create(2, 1L)], DistinctValues.Read(store, new StatisticsFile(new(1), path, 0, "{}")));
    }

    [SharedFact("data/iceberg/dv")]
    public void DamagedFilesEndInAnError()
    {
        const int seed = 23;
        var random = new Random(seed);
        foreach (var name in (string[])["sample-metric-data-uncompressed.bin", "sample-metric-data-compressed-zstd.bin", "multi-blob-dv.puffin"])
        {
            var whole = File.ReadAllBytes(Shared.Need($"data/iceberg/dv/{name}"));
            for (var round = 0; round < 1500; round++)
            {
                var damaged = whole.AsSpan(0, random.Next(4) == 0 ? random.Next(whole.Length) : whole.Length).ToArray();
                for (var i = random.Next(1, 4); i > 0 && damaged.Length > 0; i--) damaged[random.Next(Math.Max(0, damaged.Length - random.Next(1, 300)), damaged.Length)] = (byte)random.Next(256);
                File.WriteAllBytes($"{folder.Path}/d", damaged);
                try
                {
                    using var file = PuffinFile.Open(store, $"{folder.Path}/d");
                    foreach (var blob in file.Blobs)
                        if (blob.Type == PuffinBlob.DeletionVectorType) DeletionVector.Read(file.Read(blob), name);
                        else file.Read(blob);
                }
                catch (EngineException error)
                {
                    Assert.True(error.Kind is ErrorKind.Corrupt or ErrorKind.Unsupported, $"seed {seed}: {error}");
                }
            }
        }
    }

    [Fact]
    public void Lz4FramesAreUnpackedAndDamagedOnesRefused()
    {
        // Two literals and a match of 10 from 2 back, then "the end": one block of its own, or one that goes on from an earlier one stored plain.
        byte[] block = [0x26, (byte)'a', (byte)'b', 2, 0, 0x70, .. "the end"u8], linked = [0x06, 5, 0, 0x70, .. "the end"u8];
        byte[] header = [0x04, 0x22, 0x4D, 0x18, 0x40, 0x40, 0x82];
        byte[] frame = [.. header, (byte)block.Length, 0, 0, 0, .. block, 0, 0, 0, 0];
        byte[] second = [.. header, 5, 0, 0, 0x80, .. "12345"u8, (byte)linked.Length, 0, 0, 0, .. linked, 0, 0, 0, 0];
        Assert.Equal("123451234512345the end", Encoding.ASCII.GetString(Unpack.Lz4(second, 22, "frame")));
        Assert.Throws<EngineException>(() => Unpack.Lz4(second, 21, "frame"));
        Assert.Equal("ababababababthe end", Encoding.ASCII.GetString(Unpack.Lz4(frame, 100, "frame")));
        Assert.Throws<EngineException>(() => Unpack.Lz4(frame, 8, "frame"));
        var random = new Random(9);
        for (var i = 0; i < 3000; i++)
        {
            var damaged = (byte[])frame.Clone();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                Unpack.Lz4(damaged.AsSpan(0, random.Next(2) == 0 ? damaged.Length : random.Next(damaged.Length)), 1000, "frame");
            }
            catch (EngineException error)
            {
                Assert.Equal(ErrorKind.Corrupt, error.Kind);
            }
        }
    }
}
