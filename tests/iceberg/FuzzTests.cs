using System.Buffers.Binary;

using K2I.Base;
using K2I.Columns;
using K2I.Storage;

using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

/// <summary>Every reader of a table's metadata under damaged bytes: a value or an error of the contract, in bounded memory and time. Data and delete files: <see cref="ScanFuzzTests"/>, and those of Parquet.</summary>
public sealed class FuzzTests(ITestOutputHelper output) : IDisposable
{
    private const long MostBytes = 32 << 20;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2, 61)]
    [InlineData(3, 62)]
    public void DamagedMetadataEndsInAnErrorOrAValueWithinBounds(int formatVersion, int seed)
    {
        output.WriteLine($"seed {seed}");
        var table = new ModelTable(new LocalStore(folder.Path), "t", formatVersion, new Random(seed)) { ShareVectorFiles = true };
        table.SetProperty("write.manifest.compression-codec", "uncompressed");
        var random = new Random(seed);
        for (var step = 0; step < 25; step++) RandomSteps.Step(table, random);
        var metadata = table.Table.Metadata;
        var json = TableMetadataJson.ToBytes(metadata);
        var manifests = metadata.Snapshots.SelectMany(s => new ManifestReader(table.Store).Manifests(metadata, s)).DistinctBy(m => m.Path).ToList();
        var lists = metadata.Snapshots.Select(s => table.Store.Read(s.ManifestList!)).ToList();
        var vectors = Directory.GetFiles(folder.Path, "*.puffin", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToList();
        Fuzz("metadata", [json], random, 3000, bytes => TableMetadataJson.Parse(bytes, "fuzz"));
        Fuzz("manifest lists", lists, random, 3000, bytes => ManifestListFile.Read(bytes, "fuzz"));
        foreach (var group in manifests.GroupBy(m => m.SpecId))
        {
            var spec = metadata.FindSpec(group.Key)!;
            var types = metadata.PartitionTypes(spec);
            Fuzz($"manifests of spec {group.Key}", [.. group.Select(m => table.Store.Read(m.Path))], random, 1500,
                bytes => _ = ManifestEntryCodec.Read(new AvroFileReader(bytes, "fuzz"), spec, types, "fuzz").Count());
        }
        if (vectors.Count > 0) Fuzz("puffin", vectors, random, 1500, ReadPuffin);
    }

    [Fact]
    public void DamagedBitmapsEndInAnErrorOrPositionsWithinBounds()
    {
        const int seed = 63;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var corpus = new List<byte[]>();
        for (var n = 0; n < 20; n++)
        {
            var positions = new RowPositions();
            for (var runs = random.Next(1, 5); runs > 0; runs--)
            {
                var (start, step) = (random.Next(3) == 0 ? random.NextInt64(1L << 40) : random.Next(200_000), random.Next(1, 4));
                for (var i = random.Next(7000); i > 0; i--) positions.Add(start + ((long)i * step));
            }
            corpus.Add(DeletionVector.Write(positions));
        }
        Fuzz("bitmaps", [.. corpus.Select(b => b[8..^4])], random, 4000, bytes => _ = DeletionVector.ReadBitmap(bytes, "fuzz").Count);
        Fuzz("vectors", corpus, random, 1000, bytes => _ = DeletionVector.Read(bytes, "fuzz").Count);
        Fuzz("sketches", [[2, 3, 3, 0, 0, 26, 0xCC, 0x93, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]], random, 3000, bytes => ThetaSketch.Estimate(bytes, "fuzz"));
    }

    /// <summary>A run container without a run takes six bytes, and would be a bitmap of 8 KiB.</summary>
    [Fact]
    public void ContainersThatClaimWhatTheyDoNotHoldAreRefusedBeforeTheyFillTheMemory()
    {
        const int containers = 1 << 16;
        var bytes = new byte[8 + 4 + 4 + (containers / 8) + (containers * 4) + (containers * 4) + (containers * 2)];
        bytes[0] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), 12347 | (uint)(containers - 1) << 16);
        bytes.AsSpan(16, containers / 8).Fill(0xFF);
        for (var i = 0; i < containers; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16 + (containers / 8) + (i * 4)), (ushort)i);
        Within(() => Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => DeletionVector.ReadBitmap(bytes, "bitmap")).Kind));
    }

    [Theory]
    [InlineData("""{"type":"record","name":"r","fields":[]}""")]
    [InlineData("""{"type":"record","name":"r","fields":[{"name":"n","type":"null"}]}""")]
    public void RecordsOfNoBytesCannotFillTheMemory(string schema)
    {
        var written = new AvroFileWriter(AvroSchemas.Record("r", new StructType([new Field(1, "id", PrimitiveType.Long, true)])), [], deflate: false);
        var header = written.Finish();
        var reader = new AvroFileReader(header, "good");
        var file = new MemoryStream();
        file.Write("Obj\u0001"u8);
        file.Write([2]);
        Put(file, "avro.schema"u8);
        Put(file, System.Text.Encoding.UTF8.GetBytes(schema));
        file.Write([0]);
        file.Write(new byte[16]);
        // 2^60 records in a block of one byte.
        file.Write([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 2, 0]);
        file.Write(new byte[16]);
        Assert.Empty(reader.ReadAll());
        Within(() => Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => new AvroFileReader(file.ToArray(), "bomb").ReadAll()).Kind));

        static void Put(MemoryStream into, ReadOnlySpan<byte> bytes)
        {
            into.WriteByte((byte)((bytes.Length << 1 & 0x7F) | (bytes.Length > 63 ? 0x80 : 0)));
            if (bytes.Length > 63) into.WriteByte((byte)(bytes.Length >> 6));
            into.Write(bytes);
        }
    }

    private void Fuzz(string what, List<byte[]> corpus, Random random, int rounds, Action<byte[]> read)
    {
        var errors = 0;
        for (var round = 0; round < rounds; round++)
        {
            var bytes = Mutate(corpus[random.Next(corpus.Count)], corpus[random.Next(corpus.Count)], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(bytes);
            }
            catch (EngineException error) when (error.Kind is ErrorKind.Corrupt or ErrorKind.Unsupported)
            {
                errors++;
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{what}, round {round}: {error.GetType().Name} {error.Message}", error);
            }
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken < MostBytes, $"{what}, round {round}: {taken} bytes for {bytes.Length}");
        }
        output.WriteLine($"{what}: {rounds} of {corpus.Count} files, {errors} errors");
        Assert.True(errors > rounds / 20, $"{what}: only {errors} errors");
    }

    private static void Within(Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes);
    }

    private void ReadPuffin(byte[] bytes)
    {
        var path = Path.Join(folder.Path, "damaged");
        File.WriteAllBytes(path, bytes);
        using var file = PuffinFile.Open(new LocalStore(folder.Path), path);
        foreach (var blob in file.Blobs) _ = DeletionVector.Read(file.Read(blob), "fuzz").Count;
    }

    /// <summary>Bytes changed, cut off, taken out, doubled, or replaced by a piece of another file.</summary>
    private static byte[] Mutate(byte[] original, byte[] other, Random random)
    {
        var bytes = original.ToArray();
        for (var n = random.Next(1, 4); n > 0 && bytes.Length > 0; n--)
        {
            var (at, length) = (random.Next(bytes.Length), random.Next(1, 40));
            switch (random.Next(8))
            {
                case < 4:
                    bytes[at] = random.Next(4) switch { 0 => 0xFF, 1 => 0, 2 => (byte)random.Next(32, 127), _ => (byte)random.Next(256) };
                    break;
                case 4:
                    bytes = random.Next(4) == 0 ? bytes[..at] : bytes;
                    break;
                case 5:
                    bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + length)..]];
                    break;
                case 6:
                    bytes = [.. bytes[..at], .. Enumerable.Repeat(bytes[at..Math.Min(bytes.Length, at + length)], random.Next(2, 5)).SelectMany(b => b), .. bytes[at..]];
                    break;
                default:
                    var from = random.Next(other.Length);
                    var piece = other.AsSpan(from, Math.Min(length, Math.Min(other.Length - from, bytes.Length - at)));
                    piece.CopyTo(bytes.AsSpan(at));
                    break;
            }
        }
        return bytes;
    }
}
