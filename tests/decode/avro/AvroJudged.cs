using System.Text.Json;

namespace K2I.Decode.Tests;

/// <summary>Random schemas, data and evolutions, written by fastavro, which also says what rows come of them.</summary>
public sealed class AvroJudged
{
    private const int Seed = 1, Cases = 150;

    [FastavroFact]
    public void RowsAreWhatFastavroWroteWhicheverVersionOfTheSchemaTheyHave()
    {
        var cases = Written();
        var evolved = cases.Count(Judge);
        Assert.True(evolved > Cases / 4, $"only {evolved} cases changed their table");
    }

    /// <summary>The same records as Apache Avro's Java writes them, plain and with the lengths of blocks.</summary>
    [JavaFact(withFastavro: true)]
    public void RowsAreTheSameWhenJavaWroteThem()
    {
        var cases = Written();
        var anew = JavaFactAttribute.Run("AvroAnew", "iceberg-judge", string.Concat(cases.SelectMany(c => c.Records.Select(r =>
            $"{c.Schemas[r.Id - 1].ReplaceLineEndings(" ")}\t{Convert.ToHexString(r.Bytes)}\n"))));
        Assert.Equal(cases.Sum(c => c.Records.Count), anew.Length);
        Assert.Contains(anew, l => l.Split('\t') is [var plain, var blocks] && plain != blocks);
        foreach (var form in (int[])[0, 1])
        {
            var at = 0;
            foreach (var one in cases)
            {
                var records = one.Records.Select(r => r with { Bytes = Convert.FromHexString(anew[at++].Split('\t')[form]) });
                _ = Judge(one with { Records = [.. records], Name = $"{one.Name}, by Java" });
            }
        }
    }

    private static List<Case> Written()
    {
        var lines = Tool.Output(FastavroFactAttribute.Python!,
            [Repository.Path("tests/decode/avro/avro_judge.py"), $"{Seed}", $"{Cases}"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Cases, lines.Length);
        return [.. lines.Select((line, at) => Parse(line, $"seed {Seed}, case {at}"))];
    }

    private static Case Parse(string line, string name)
    {
        using var json = JsonDocument.Parse(line);
        var (schemas, records) = (json.RootElement.GetProperty("schemas"), json.RootElement.GetProperty("records"));
        return new(name, [.. schemas.EnumerateArray().Select(s => s.GetString()!)],
            [.. records.EnumerateArray().Select(r =>
                new Record(r[0].GetInt32() + 1, Convert.FromHexString(r[1].GetString()!), r[2].GetString()!))]);
    }

    /// <summary>Once with a table that changes under way; then all of it again, when nothing may change any more.</summary>
    /// <returns>Whether the table changed.</returns>
    private static bool Judge(Case one)
    {
        var (name, schemas, records) = one;
        using var rows = new AvroRows(schemas[0]);
        for (var id = 2; id <= schemas.Length; id++) rows.Add(id, schemas[id - 1]);
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
        Damage(rows, records, name);
        return changes > 0;
    }

    /// <summary>Damaged records are refused or are other rows; what comes after them is as before.</summary>
    private static void Damage(AvroRows rows, IReadOnlyList<Record> records, string name)
    {
        var random = new Random(name.Length + records[0].Bytes.Length);
        foreach (var (id, bytes, _) in records)
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
        var (firstId, first, _) = records[0];
        Assert.StartsWith("{", rows.Decode(firstId, first), StringComparison.Ordinal);
    }

    private sealed record Case(string Name, string[] Schemas, IReadOnlyList<Record> Records);

    /// <param name="Id">Of its schema, from 1 on.</param>
    /// <param name="Row">The row that has to come of it.</param>
    private sealed record Record(int Id, byte[] Bytes, string Row);
}
