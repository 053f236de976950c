using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace K2I.EndToEnd.Tests;

/// <summary>Events of every type, with nulls, absent fields, limits and odd text: the JSON to produce and the row that readers must then show. Same for the same seed.</summary>
internal static class SampleEvents
{
    /// <summary>The columns as the configuration declares them.</summary>
    public const string Columns =
        "id: long!, flag: boolean, small: int, ratio: float, score: double, amount: decimal(12,2), born: date, at_time: time, local: timestamp, seen: timestamptz, "
        + "name: string, token: uuid, blob: binary, user: struct<id: long, name: string, tags: list<string>>, tags: list<string>, counts: map<string, int>, "
        + "steps: list<struct<name: string, took: double, parts: list<int>>>";

    /// <summary>The same as an Iceberg schema, for a table made by another engine.</summary>
    public static JsonElement Schema { get; } = JsonDocument.Parse("""
        {"type":"struct","schema-id":0,"fields":[
        {"id":1,"name":"id","required":true,"type":"long"},
        {"id":2,"name":"flag","required":false,"type":"boolean"},
        {"id":3,"name":"small","required":false,"type":"int"},
        {"id":4,"name":"ratio","required":false,"type":"float"},
        {"id":5,"name":"score","required":false,"type":"double"},
        {"id":6,"name":"amount","required":false,"type":"decimal(12, 2)"},
        {"id":7,"name":"born","required":false,"type":"date"},
        {"id":8,"name":"at_time","required":false,"type":"time"},
        {"id":9,"name":"local","required":false,"type":"timestamp"},
        {"id":10,"name":"seen","required":false,"type":"timestamptz"},
        {"id":11,"name":"name","required":false,"type":"string"},
        {"id":12,"name":"token","required":false,"type":"uuid"},
        {"id":13,"name":"blob","required":false,"type":"binary"},
        {"id":14,"name":"user","required":false,"type":{"type":"struct","fields":[
          {"id":15,"name":"id","required":false,"type":"long"},{"id":16,"name":"name","required":false,"type":"string"},
          {"id":17,"name":"tags","required":false,"type":{"type":"list","element-id":18,"element-required":false,"element":"string"}}]}},
        {"id":19,"name":"tags","required":false,"type":{"type":"list","element-id":20,"element-required":false,"element":"string"}},
        {"id":21,"name":"counts","required":false,"type":{"type":"map","key-id":22,"key":"string","value-id":23,"value-required":false,"value":"int"}},
        {"id":24,"name":"steps","required":false,"type":{"type":"list","element-id":25,"element-required":false,"element":{"type":"struct","fields":[
          {"id":26,"name":"name","required":false,"type":"string"},{"id":27,"name":"took","required":false,"type":"double"},
          {"id":28,"name":"parts","required":false,"type":{"type":"list","element-id":29,"element-required":false,"element":"int"}}]}}}
        ]}
        """).RootElement;

    /// <summary>The schema with the column that the engine adds.</summary>
    public static JsonElement SchemaWithKafka { get; } = WithKafka();

    private static readonly string[] Texts = ["", "plain", "käse 🧀", "line\nbreak \"quoted\" \\ back", "it's ''so''", "日本語", "tab\t", "\u0001\u007f", "a/b", "0", "null", new string('x', 300)];

    public static IEnumerable<SampleEvent> Make(int seed, int count, long firstId = 0)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++) yield return One(random, firstId + i);
    }

    private static SampleEvent One(Random random, long id)
    {
        var sent = new JsonObject { ["id"] = id };
        var row = new JsonObject { ["id"] = id };
        void Add(string name, (JsonNode? Sent, JsonNode? Read) value)
        {
            // A third of the fields is null, half of these by being left out.
            if (random.Next(3) == 0) value = (null, null);
            if (value.Sent is not null || random.Next(2) == 0) sent[name] = value.Sent;
            row[name] = value.Read;
        }

        Add("flag", Same(random.Next(2) == 0));
        Add("small", Same(Pick(random, 0, -1, int.MaxValue, int.MinValue, random.Next())));
        Add("ratio", Float(Pick(random, 0f, -1.5f, 3.4028235E38f, 1e-30f, random.NextSingle())));
        Add("score", Double(Pick(random, 0, -1.5, double.MaxValue, 2.2250738585072014e-308, random.NextDouble() * 1e9, 12345678901234567)));
        Add("amount", Decimal(random));
        Add("born", Text(Date(random)));
        Add("at_time", Text(TimeOnly.FromTimeSpan(Micros(random.NextInt64(86_400_000_000))).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture)));
        Add("local", Text(Moment(random)));
        Add("seen", Moment(random) is var seen ? (seen + Pick(random, "Z", "+00:00"), seen + "+00:00") : default);
        Add("name", Text(Pick(random, Texts)));
        Add("token", Text(Uuid(random)));
        Add("blob", Bytes(random));
        Add("user", User(random));
        Add("tags", Strings(random));
        Add("counts", Counts(random));
        Add("steps", Steps(random));
        if (random.Next(4) == 0) sent["not_a_column"] = new JsonObject { ["a"] = new JsonArray(1, "b", null) };
        return new SampleEvent(id, sent.ToJsonString(), JsonSerializer.SerializeToElement(row));
    }

    private static (JsonNode? Sent, JsonNode? Read) Same<T>(T value) => (JsonValue.Create(value), JsonValue.Create(value));

    private static (JsonNode? Sent, JsonNode? Read) Text(string value) => (value, value);

    private static (JsonNode? Sent, JsonNode? Read) Float(float value) => (JsonValue.Create(value), JsonValue.Create(value));

    private static (JsonNode? Sent, JsonNode? Read) Double(double value) => (JsonValue.Create(value), JsonValue.Create(value));

    private static (JsonNode? Sent, JsonNode? Read) Decimal(Random random)
    {
        var cents = Pick(random, 0, 1, -1, 999_999_999_999, -999_999_999_999, random.NextInt64(1_000_000_000));
        var text = (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);
        return (random.Next(2) == 0 ? JsonNode.Parse(text) : text, text);
    }

    private static (JsonNode? Sent, JsonNode? Read) Bytes(Random random)
    {
        var bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        return (Convert.ToBase64String(bytes), Convert.ToHexStringLower(bytes));
    }

    private static (JsonNode? Sent, JsonNode? Read) User(Random random)
    {
        var (tagsSent, tagsRead) = random.Next(3) == 0 ? (null, null) : Strings(random);
        long? id = random.Next(3) == 0 ? null : random.NextInt64();
        return (new JsonObject { ["name"] = "u", ["id"] = id, ["tags"] = tagsSent }, new JsonObject { ["id"] = id, ["name"] = "u", ["tags"] = tagsRead });
    }

    private static (JsonNode? Sent, JsonNode? Read) Strings(Random random)
    {
        string?[] values = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(4) == 0 ? null : Pick(random, Texts))];
        return (Array(values), Array(values));

        static JsonArray Array(string?[] values) => new([.. values.Select(v => (JsonNode?)v)]);
    }

    private static (JsonNode? Sent, JsonNode? Read) Counts(Random random)
    {
        // Keys in the order that readers show them in.
        var values = new SortedDictionary<string, int?>(StringComparer.Ordinal);
        for (var i = random.Next(4); i > 0; i--) values[Pick(random, "a", "b", "käse", "", "k\"ey")] = random.Next(4) == 0 ? null : random.Next();
        return (new JsonObject(values.Reverse().Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))), new JsonArray([.. values.Select(p => (JsonNode?)new JsonArray(p.Key, p.Value))]));
    }

    private static (JsonNode? Sent, JsonNode? Read) Steps(Random random)
    {
        var sent = new JsonArray();
        var read = new JsonArray();
        for (var i = random.Next(3); i > 0; i--)
        {
            var (name, took, parts) = (Pick(random, Texts), random.NextDouble(), Enumerable.Range(0, random.Next(3)).Select(_ => random.Next()).ToArray());
            sent.Add(Step());
            read.Add(Step());
            JsonObject Step() => new() { ["name"] = name, ["took"] = took, ["parts"] = new JsonArray([.. parts.Select(p => (JsonNode?)p)]) };
        }

        return (sent, read);
    }

    private static string Date(Random random) => Pick(random, "1970-01-01", "1969-12-31", "1900-03-01", "2299-12-31", new DateOnly(2000, 1, 1).AddDays(random.Next(20_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    // Within what every reader can show.
    private static string Moment(Random random) =>
        (new DateTime(1905, 1, 1) + Micros(random.NextInt64(12_000_000_000_000_000))).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static TimeSpan Micros(long micros) => TimeSpan.FromTicks(micros * TimeSpan.TicksPerMicrosecond);

    private static string Uuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }

    private static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];

    private static JsonElement WithKafka()
    {
        var schema = JsonNode.Parse(Schema.GetRawText())!;
        schema["fields"]!.AsArray().Add(JsonNode.Parse("""
            {"id":30,"name":"_kafka","required":false,"type":{"type":"struct","fields":[
            {"id":31,"name":"topic","required":true,"type":"string"},{"id":32,"name":"partition","required":true,"type":"int"},{"id":33,"name":"offset","required":true,"type":"long"},
            {"id":34,"name":"timestamp","required":false,"type":"timestamptz"},{"id":35,"name":"timestamp_type","required":false,"type":"string"},{"id":36,"name":"key","required":false,"type":"binary"},
            {"id":37,"name":"headers","required":false,"type":{"type":"list","element-id":38,"element-required":true,"element":{"type":"struct","fields":[
            {"id":39,"name":"key","required":true,"type":"string"},{"id":40,"name":"value","required":false,"type":"binary"}]}}}]}}
            """));
        return JsonSerializer.SerializeToElement(schema);
    }
}
