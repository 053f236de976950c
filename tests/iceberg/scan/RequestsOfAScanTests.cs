using K2I.Base;
using K2I.Cloud;
using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>How often a store of objects is asked for the bytes of a Parquet file.</summary>
[NeedsShared(S3Server.Program)]
public sealed class RequestsOfAScanTests
{
    private const int Columns = 24, Rows = 12_000;

    [ContractFact]
    public void ColumnsThatLieSideBySideComeTogether()
    {
        using var server = new S3Server();
        using var proxy = new FaultProxy(server.Uri);
        var root = $"s3://{S3Server.Bucket}/scan";
        var store = new CloudStore(root, new S3Options
        {
            Endpoint = new Uri(proxy.Uri),
            Region = "us-east-1",
            AccessKeyId = S3Server.AccessKey,
            SecretAccessKey = S3Server.SecretKey,
        });
        var schema = Schema.Of([.. Enumerable.Range(1, Columns).Select(n => new Field(n, $"c{n}", PrimitiveType.Long, true))]);
        var bytes = Write(store, $"{root}/file.parquet", schema);
        var some = Schema.Of(schema.Fields[0], schema.Fields[^12]);

        // The end of the file, then what lies before it by pieces.
        Assert.Equal(1 + ((bytes + (4 << 20) - 1) >> 22), Cost(schema, tells: true));
        // A request for each column but those in the end.
        Assert.InRange(Cost(schema, tells: false), Columns / 2, Columns + 1);
        // What lies between two is fetched along where it is little.
        Assert.Equal((2, 3), (Cost(some, tells: true), Cost(some, tells: false)));

        int Cost(Schema wanted, bool tells)
        {
            var before = proxy.Calls().Count;
            using var file = store.Open($"{root}/file.parquet", bytes);
            using var reader = new ParquetReader(tells ? new StoreSource(file) : new Silent(file));
            reader.Select(new ReadRequest { Schema = wanted });
            var rows = 0L;
            while (reader.TryRead(out var batch)) rows += batch.Rows;
            Assert.Equal(Rows, rows);
            return proxy.Calls().Count - before;
        }
    }

    private static int Write(CloudStore store, string location, Schema schema)
    {
        using var rows = new RandomRows(new Random(3)).Fill(schema, Rows);
        using var writer = store.Create(location);
        using var parquet = new ParquetWriter(schema, ParquetOptions.Default, new ObjectSink(writer));
        parquet.Write(rows.View(), 0, Rows);
        parquet.Finish();
        writer.Complete();
        return (int)writer.Length;
    }

    /// <summary>An open object whose reader keeps to itself what it is going to read.</summary>
    private sealed class Silent(IObjectReader reader) : IByteSource
    {
        public string Name => reader.Location;

        public long Length => reader.Length;

        public void Read(long offset, Span<byte> into) => reader.ReadAt(offset, into);
    }
}
