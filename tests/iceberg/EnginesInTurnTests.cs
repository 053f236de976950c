using K2I.Storage;

using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

/// <summary>Iceberg Java and PyIceberg work on the same table between our operations; what each was told to do is done to the model, and every snapshot holds it.</summary>
[Collection(RestFixture.Collection)]
public sealed class EnginesInTurnTests(RestFixture rest, ITestOutputHelper output) : IDisposable
{
    /// <summary>To Iceberg Java's evaluator null is the least of values.</summary>
    private const string Known = "n is not null and";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedTheory(RestServer.Program)]
    [InlineData(2, 41, false)]
    [InlineData(2, 42, true)]
    [InlineData(3, 43, false)]
    public void WorkGoesOnAmongOtherEngines(int formatVersion, int seed, bool python)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var catalog = rest.Server.Open();
        var name = $"engines_{seed}";
        var table = new ModelTable(catalog, new LocalStore(rest.Server.Warehouse), name, formatVersion, random) { Judged = rest.Judged(TableIdent.Parse($"db.{name}")) };
        // PyIceberg neither writes version 3 nor reads equality deletes: where it works on a table, those are not used.
        python &= PythonJudge.Program is not null;
        table.Append();
        var done = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var step = 0; step < 24; step++)
        {
            if (table.Table.Metadata.CurrentSnapshot is null) table.Append();
            var what = (step % 3) switch
            {
                0 => "k2i: " + RandomSteps.Step(table, random),
                1 when python => "PyIceberg: " + ByPython(table, random),
                _ => "Iceberg Java: " + ByJava(table, random, formatVersion, equality: !python),
            };
            done[what.Split(' ')[0] + " " + what.Split(' ')[1]] = done.GetValueOrDefault(what.Split(' ')[0] + " " + what.Split(' ')[1]) + 1;
            try
            {
                if (table.Table.Metadata.CurrentSnapshot is { } now) Assert.Equal(table.Main.Lines(table.Table.Metadata.FindSchema(now.SchemaId!.Value)!), Read(table, now.SnapshotId));
                table.Compare();
                var problems = rest.Judge.Do(["check", .. table.Judged, "--lineage"]).Where(l => l.StartsWith("ERROR", StringComparison.Ordinal)).ToList();
                Assert.True(problems.Count == 0, string.Join('\n', problems.Take(10)));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}, step {step}, {what}: {error.Message}", error);
            }
        }
        foreach (var (id, model, schema) in table.Snapshots) Assert.Equal(model.Lines(schema), Read(table, id));
        output.WriteLine(string.Join(", ", done.Select(d => $"{d.Key} {d.Value}")));
    }

    private string ByJava(ModelTable table, Random random, int formatVersion, bool equality)
    {
        var limit = random.Next(-45, 45);
        switch (random.Next(9))
        {
            case 0:
                return Java(table, Written(table, 5), "append", "--from", RowsFile);
            case 1:
                return Java(table, table.Main.RemoveWhere(3, n => n < limit - 40), "delete", "--where", $"{Known} n < {limit - 40}", "--how", formatVersion == 2 ? "pos" : "dv");
            case 2 or 3 when equality && table.HasOneSpec:
                return Java(table, table.Main.RemoveWhere(3, n => n > limit + 40), "delete", "--where", $"{Known} n > {limit + 40}", "--how", "eq", "--on", random.Next(2) == 0 ? "id" : "id,n");
            case 4:
                return Java(table, table.Main.RemoveWhere(3, n => n == limit), "delete", "--where", $"{Known} n = {limit}", "--how", "cow");
            case 5:
                return Java(table, table.Main, "compact");
            case 6:
                return Java(table, table.Main, "rewrite-manifests");
            case 7 when table.Before(1) is { } before:
                return Java(table, before, "rollback", "--back", "1");
            case 8 when formatVersion == 2:
                return Java(table, table.Main, "expire", "--keep", "3");
            default:
                // Not where vectors share files, as those that Iceberg Java writes do: its expiry deletes the file with the first of them that was replaced.
                return Java(table, table.Main, "set", $"test.java={limit}");
        }
    }

    private string ByPython(ModelTable table, Random random)
    {
        var limit = random.Next(-45, 45);
        switch (random.Next(5))
        {
            case 0:
                return Python(table, Written(table, 5), "append", "--rows", RowsFile);
            case 1:
                return Python(table, table.Main.RemoveWhere(3, n => n < limit - 40), "delete", "--where", $"n < {limit - 40}");
            case 2:
                var kept = table.Main.RemoveWhere(3, n => n > limit + 35);
                var rows = table.Rows(5);
                File.WriteAllLines(RowsFile, TableModel.Empty.Add(rows).Lines(table.Table.Metadata.CurrentSchema));
                return Python(table, kept.Add(rows), "overwrite", "--rows", RowsFile, "--where", $"n > {limit + 35}");
            case 3:
                return Python(table, table.Main, "add", $"p{random.Next(1_000_000)}", "long");
            default:
                return Python(table, table.Main, "set", $"test.python={limit}");
        }
    }

    private string RowsFile => Path.Join(folder.Path, "rows.jsonl");

    /// <summary>What main holds once new rows, which lie in the file then, are appended.</summary>
    private TableModel Written(ModelTable table, int count)
    {
        var rows = table.Rows(count);
        File.WriteAllLines(RowsFile, TableModel.Empty.Add(rows).Lines(table.Table.Metadata.CurrentSchema));
        return table.Main.Add(rows);
    }

    private string Java(ModelTable table, TableModel after, string op, params string[] options)
    {
        rest.Judge.Do(["op", op, .. table.Judged, .. options]);
        table.Changed(after, id => Read(table, id));
        return op;
    }

    private string Python(ModelTable table, TableModel after, string op, params string[] arguments)
    {
        PythonJudge.Do(["op", table.Judged[0], op, .. arguments, .. table.Judged[1..]]);
        table.Changed(after, id => Read(table, id));
        return op;
    }

    private List<string> Read(ModelTable table, SnapshotId id) => ModelTable.Sorted(rest.Judge.Do(["read", .. table.Judged, "--snapshot", $"{id}"]));
}
