using System.Globalization;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using K2I.Columns;
using K2I.Decode;
using K2I.Memory;

namespace K2I.Bench;

/// <summary>Events of nine fields and about 230 bytes: into typed columns, against a reader that only finds tokens and reads numbers.</summary>
public class JsonDecodeBenchmark : IDisposable
{
    private const int Records = 256;

    private static readonly string[] Types = ["click", "view", "purchase", "scroll"];

    private readonly byte[][] records = new byte[Records][];
    private JsonDecoder decoder = null!;
    private BatchBuilder batch = null!;
    private RouteReader router = null!;

    /// <summary>As Python and others write it: a space after each colon and comma.</summary>
    [Params(false, true)]
    public bool Spaced { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var schema = FieldIds.NewSchema(ColumnText.Parse(
            "event_id: uuid, user_id: long, event_type: string, event_time: timestamptz, page: string, country: string, amount: double, quantity: int, premium: boolean"));
        decoder = new JsonDecoder(schema);
        batch = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
        var route = ColumnTransforms.Parse(RouteField.Parse("event_type", [])!.Transforms(areTyped: false), caseSensitive: true, []);
        router = new(columns => new ShapedDecoder(columns, new() { UnknownFields = UnknownFields.Ignore }, route));
        var random = new Random(1);
        var id = new byte[16];
        for (var i = 0; i < Records; i++)
        {
            random.NextBytes(id);
            var time = DateTime.UnixEpoch.AddMilliseconds(1_706_702_400_000 + (i * 37L));
            var json = string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"event_id\":\"{new Guid(id)}\",\"user_id\":{random.Next(1, 10_000_000)},\"event_type\":\"{Types[random.Next(4)]}\",\"event_time\":\"{time:yyyy-MM-ddTHH:mm:ss.fff}Z\",\"page\":\"/p/{random.Next(100_000)}\",\"country\":\"DE\",\"amount\":{random.Next(1, 100_000) / 100.0:R},\"quantity\":{random.Next(1, 20)},\"premium\":{(random.Next(2) == 0 ? "true" : "false")}}}");
            if (Spaced) json = json.Replace(",\"", ", \"", StringComparison.Ordinal).Replace("\":", "\": ", StringComparison.Ordinal);
            records[i] = Encoding.UTF8.GetBytes(json);
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        batch.Dispose();
        router.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int IntoColumns()
    {
        batch.Reset();
        foreach (var record in records)
        {
            if (decoder.Decode(new RecordInput(record), batch) != DecodeStatus.Ok || !batch.EndRow()) throw new InvalidOperationException(decoder.Error.ToString());
        }
        return batch.Rows;
    }

    /// <summary>What <c>route_by</c> reads of each before: one field, the third.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public int Routes() => Read(router, records);

    internal static int Read(RouteReader router, byte[][] records)
    {
        var characters = 0;
        foreach (var record in records)
        {
            if (router.Read(new RecordInput(record)) != DecodeStatus.Ok) throw new InvalidOperationException(router.Error);
            characters += router.Value.Length;
        }
        return characters;
    }

    [Benchmark(OperationsPerInvoke = Records, Baseline = true)]
    public long TokensOnly()
    {
        long sum = 0;
        foreach (var record in records)
        {
            var reader = new Utf8JsonReader(record);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.Number) sum += reader.ValueSpan.Length;
                else sum += reader.TryGetInt64(out var whole) ? whole : (long)reader.GetDouble();
            }
        }
        return sum;
    }
}
