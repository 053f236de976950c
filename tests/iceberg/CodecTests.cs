using System.Text;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

public sealed class CodecTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Manifests and data files of Iceberg Java in each Avro codec.</summary>
    [SharedTheory(Judge.Program)]
    [InlineData("zstd", "zstandard")]
    [InlineData("snappy", "snappy")]
    [InlineData("gzip", "deflate")]
    public void AvroFilesOfEveryCodecAreRead(string property, string codec)
    {
        var folder = $"{this.folder.Path}/db/t";
        Judge.Do("op", "create", folder, "--schema", "id long!, name string", "--spec", "bucket(id,2)", "--prop", $"write.manifest.compression-codec={property}", "--prop", $"write.avro.compression-codec={property}", "--prop", "write.format.default=avro");
        Judge.Do("op", "append", folder, "--rows", "300");
        Judge.Do("op", "statistics", folder);
        var store = new LocalStore(this.folder.Path);
        var table = new FileCatalog(store, store.Root).Load(TableIdent.Parse("db.t"));
        var manifest = new ManifestReader(store).Manifests(table.Metadata, table.Metadata.CurrentSnapshot!)[0];
        Assert.Equal(codec, new AvroFileReader(store.Read(manifest.Path), "m").Metadata["avro.codec"]);
        var json = new RowJson();
        using var reader = new TableScan(table, store).Read();
        while (reader.TryRead(out var rows))
            for (var i = 0; i < rows.Rows; i++) json.AppendLine(rows.Batch, rows.Ordinal(i));
        Assert.Equal(Judge.Do("read", folder).TrimEnd(), Encoding.UTF8.GetString(json.Written).TrimEnd());

        Assert.Single(table.Metadata.PartitionStatistics);
        Assert.DoesNotContain(new TableLinter(store).Check(table, new LintOptions { Deep = true }), f => f.Severity == Severity.Error);
    }

    [Fact]
    public void SnappyIsUnpackedAndDamagedSnappyRefused()
    {
        // A length of 30; "snappy " as it is; a copy of 20 from 7 back, one of 3.
        byte[] packed = [30, 6 << 2, .. "snappy "u8, (19 << 2) | 2, 7, 0, (2 << 2) | 2, 7, 0];
        Assert.Equal("snappy snappy snappy snappy sn", Encoding.ASCII.GetString(Unpack.Snappy(packed, 100, "block")));
        Assert.Throws<EngineException>(() => Unpack.Snappy(packed, 20, "block"));
        Fuzz(packed, bytes => Unpack.Snappy(bytes, 1 << 20, "block"));
    }

    [Fact]
    public void ZstdIsUnpackedAndDamagedZstdRefused()
    {
        // One frame without a length: a raw block, then a run of 100 times 'x'.
        byte[] packed = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58, 0x28, 0x00, 0x00, .. "hello"u8, 0x23, 0x03, 0x00, (byte)'x'];
        Assert.Equal("hello" + new string('x', 100), Encoding.ASCII.GetString(Unpack.Zstd(packed, 1000, "frame")));
        Assert.Equal(210, Unpack.Zstd([.. packed, .. packed], 1000, "frames").Length);
        Assert.Throws<EngineException>(() => Unpack.Zstd(packed, 50, "frame"));
        Assert.Throws<EngineException>(() => Unpack.Zstd(packed.AsSpan(0, packed.Length - 1), 1000, "frame"));
        Fuzz(packed, bytes => Unpack.Zstd(bytes, 1 << 20, "frame"));
    }

    private static void Fuzz(byte[] packed, Action<byte[]> decode)
    {
        const int seed = 31;
        var random = new Random(seed);
        for (var i = 0; i < 5000; i++)
        {
            var damaged = packed.AsSpan(0, random.Next(3) == 0 ? random.Next(packed.Length) : packed.Length).ToArray();
            for (var n = random.Next(3); n > 0 && damaged.Length > 0; n--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                decode(damaged);
            }
            catch (EngineException error)
            {
                Assert.True(error.Kind == ErrorKind.Corrupt, $"seed {seed}: {error}");
            }
        }
    }
}
