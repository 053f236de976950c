using System.Collections.Immutable;
using System.Text;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Query;
using K2I.Ring;
using K2I.Storage;

namespace K2I.Serve.Tests;

/// <summary>
/// Two tables with rows in memory alone: <c>shop.orders</c>, with the key <c>id, s</c>, whose rows a test appends, and <c>shop.plain</c>
/// without a key. Rows are of partition 0 of the topic <c>t</c>, and have their offset as id.
/// </summary>
internal sealed class MemoryTables : IReadViews, IKeyLookup, IDisposable
{
    public const string Orders = "shop.orders", Plain = "shop.plain";

    private readonly Lock gate = new();
    private readonly SegmentPool pool = new(256 << 20);
    private readonly PoolAccount account;
    private readonly Schema schema;
    private readonly Table table, plain;
    private ImmutableArray<HotRows> hot = [];
    private int rows, moments;

    public MemoryTables()
    {
        account = pool.Open();
        schema = FieldIds.NewSchema([
            .. ColumnText.Parse("id: long!, s: string, d: double, m: decimal(20,2), at: timestamptz, tags: list<string>, "
                + "`odd \"name`: string, _kafka: struct<topic: string!, partition: int!, offset: long!>"),
        ]);
        var catalog = new FileCatalog(Store, "memory://store");
        table = catalog.Create(TableIdent.Parse(Orders), new TableCreation { Schema = schema });
        plain = catalog.Create(TableIdent.Parse(Plain), new TableCreation { Schema = schema });
        schema = table.Metadata.CurrentSchema;
    }

    public MemoryStore Store { get; } = new();

    /// <summary>The view that was opened last.</summary>
    public ReadView? Last { get; private set; }

    /// <summary>What the next views throw; null for views.</summary>
    public Exception? Trouble { get; set; }

    public bool IsPartial { get; set; }

    public IReadOnlyList<string> Tables => [Orders, Plain];

    public IReadOnlyList<string> Columns => ["id", "s"];

    /// <summary>Publishes so many rows more, each with a text of that length at least, in segments of their own.</summary>
    public void Append(int count, int textLength = 0)
    {
        var most = (4 << 20) / (textLength + 256);
        for (; count > most; count -= most) AppendSegment(most, textLength);
        AppendSegment(count, textLength);
    }

    /// <summary>Lets the rows go that are there so far.</summary>
    public void Forget()
    {
        lock (gate)
        {
            foreach (var segment in hot) segment.Segment.Discard();
            hot = [];
            moments++;
        }
    }

    public ReadView Open(string name)
    {
        Check(name);
        lock (gate)
        {
            ImmutableArray<HotRows> shown = name == Orders ? hot : [];
            var leases = shown.Select(h =>
            {
                Assert.True(h.Segment.TryLease(out var lease));
                return lease;
            });
            return Last = new(name == Orders ? table : plain, shown, [], OffsetsNow(name), IsPartial, [.. leases]);
        }
    }

    public OffsetVector OffsetsOf(string name)
    {
        Check(name);
        lock (gate) return OffsetsNow(name);
    }

    public long MomentOf(string name)
    {
        Check(name);
        lock (gate) return moments;
    }

    public IKeyLookup? KeysOf(string name)
    {
        Check(name);
        return name == Orders ? this : null;
    }

    public (ReadView View, Ordinal Row)? Find(IReadOnlyList<string> key)
    {
        if (!long.TryParse(key[0], out var id)) throw new QueryException(QueryFault.BadQuestion, $"id is a long, not '{key[0]}'");
        lock (gate)
        {
            foreach (var segment in hot)
            {
                for (var row = 0; row < segment.Rows; row++)
                {
                    var batch = segment.Batch;
                    if (batch.Columns[0].Value<long>(row) != id || Encoding.UTF8.GetString(batch.Columns[1].Bytes(row)) != key[1]) continue;
                    Assert.True(segment.Segment.TryLease(out var lease));
                    return (Last = new(table, [segment], [], OffsetsNow(Orders), IsPartial, [lease]), new(row));
                }
            }
        }
        return null;
    }

    public void Dispose()
    {
        account.Dispose();
        pool.Dispose();
    }

    private void AppendSegment(int count, int textLength)
    {
        var segment = account.TryOpen(schema, 16 << 20)!;
        lock (gate)
        {
            for (var i = 0; i < count; i++) AppendRow(segment.Rows, rows + i, textLength);
            segment.Seal();
            var covers = new OffsetRange("t", 0, new(rows), new(rows + count));
            rows += count;
            hot = hot.Add(new(0, segment, count, [covers]));
            moments++;
        }
    }

    private OffsetVector OffsetsNow(string name) =>
        name == Orders && rows > 0 ? new([new(("t", 0), new Offset(rows))]) : OffsetVector.Empty;

    private void Check(string name)
    {
        if (Trouble is { } trouble) throw trouble;
        if (!Tables.Contains(name)) throw new QueryException(QueryFault.NotFound, $"there is no table {name}");
    }

    private static void AppendRow(BatchBuilder row, int id, int textLength)
    {
        row.Column(0).AppendLong(id);
        row.Column(1).AppendBytes(Encoding.UTF8.GetBytes(id == 1 ? "a/b" : $"s{id}".PadRight(textLength, '.')));
        row.Column(2).AppendDouble(id + 0.5);
        row.Column(3).AppendDecimal(id * 100 + 5);
        row.Column(4).AppendLong(1_704_067_200_000_000 + id * 1_000_000L);
        row.Column(5).Child(0).AppendBytes("x"u8);
        row.Column(5).EndList();
        if (id % 2 == 0) row.Column(6).AppendNull();
        else row.Column(6).AppendBytes("say \"a, b\"\n"u8);
        row.Column(7).Child(0).AppendBytes("t"u8);
        row.Column(7).Child(1).AppendInt(0);
        row.Column(7).Child(2).AppendLong(id);
        row.Column(7).EndStruct();
        Assert.True(row.EndRow());
    }
}
