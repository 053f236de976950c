using System.Text.Json;

namespace K2I.Decode.Tests;

/// <summary>Random schemas, data and evolutions, written by fastavro, which also says what rows come of them.</summary>
public sealed class AvroJudged
{
    private const int Seed = 1, Cases = 150;

    [FastavroFact]
    public void RowsAreWhatFastavroWroteWhicheverVersionOfTheSchemaTheyHave()
    {
        var lines = Tool.Output(FastavroFactAttribute.Python!,
            [Repository.Path("tests/decode/avro/avro_judge.py"), $"{Seed}", $"{Cases}"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Cases, lines.Length);
        var evolved = 0;
        for (var at = 0; at < lines.Length; at++)
        {
            using var json = JsonDocument.Parse(lines[at]);
            evolved += Judge(json.RootElement, $"seed {Seed}, case {at}");
        }
        Assert.True(evolved > Cases / 4, $"only {evolved} cases changed their table");
    }

    /// <summary>Once with a table that changes under way; then all of it again, when nothing may change any more.</summary>
    private static int Judge(JsonElement one, string name)
    {
        var schemas = one.GetProperty("schemas").EnumerateArray().Select(s => s.GetString()!).ToList();
        using var rows = new AvroRows(schemas[0]);
        for (var id = 2; id <= schemas.Count; id++) rows.Add(id, schemas[id - 1]);
        var records = one.GetProperty("records").EnumerateArray()
            .Select(r => (Id: r[0].GetInt32() + 1, Bytes: Convert.FromHexString(r[1].GetString()!), Row: r[2].GetString()!)).ToList();
        foreach (var (id, bytes, _) in records)
        {
            var row = rows.DecodeEvolving(id, bytes);
            Assert.True(row.StartsWith('{'), $"{name}: {row}: {rows.Decoder.Error}");
        }
        var changes = rows.Changes.Count;
        foreach (var (id, bytes, expected) in records)
        {
            var row = rows.Decode(id, bytes);
            Assert.True(expected == row,
                $"{name}, schema {id}: expected {expected}, found {row} ({rows.Decoder.Error}); {string.Join("; ", rows.Changes)}");
        }
        Assert.Equal(changes, rows.Changes.Count);
        Damage(rows, records.Select(r => (r.Id, r.Bytes)).ToList(), name);
        return changes > 0 ? 1 : 0;
    }

    /// <summary>Damaged records are refused or are other rows; what comes after them is as before.</summary>
    private static void Damage(AvroRows rows, List<(int Id, byte[] Bytes)> records, string name)
    {
        var random = new Random(name.Length + records[0].Bytes.Length);
        foreach (var (id, bytes) in records)
        {
            for (var i = 0; i < 20; i++)
            {
                var damaged = (byte[])bytes.Clone();
                for (var n = random.Next(1, 4); n > 0 && damaged.Length > 0; n--) damaged[random.Next(damaged.Length)] =
                    (byte)random.Next(256);
                if (random.Next(3) == 0) damaged = damaged[..random.Next(damaged.Length + 1)];
                _ = rows.Decode(id, damaged);
            }
            rows.Batch.Reset();
        }
        var (firstId, first) = records[0];
        Assert.StartsWith("{", rows.Decode(firstId, first), StringComparison.Ordinal);
    }
}
