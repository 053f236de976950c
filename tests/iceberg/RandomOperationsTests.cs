using K2I.Storage;

using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

/// <summary>Random operations on tables beside a model of their rows; after each of them this build and others read what the model says.</summary>
public sealed class RandomOperationsTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    public void EverySnapshotHoldsWhatTheModelSays(int formatVersion, int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var table = new ModelTable(new LocalStore(folder.Path), "t", formatVersion, random) { ShareVectorFiles = seed > 3 };
        for (var step = 0; step < 60; step++)
        {
            Step(table, random);
            table.Compare();
        }
    }

    [SharedTheory(Judge.Program)]
    [InlineData(2, 11)]
    [InlineData(3, 12)]
    public void EveryStateSatisfiesIcebergJavaAndOthersReadTheSameRows(int formatVersion, int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var table = new ModelTable(new LocalStore(folder.Path), "t", formatVersion, random);
        using var judge = new JudgeSession();
        for (var step = 0; step < 40; step++)
        {
            var what = Step(table, random);
            try
            {
                table.Compare();
                judge.Check(table.Judged);
                if (table.Table.Metadata.CurrentSnapshot is not null) Assert.Equal(table.Main.Lines(table.Table.Metadata.CurrentSchema), ModelTable.Sorted(judge.Do(["read", .. table.Judged])));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}, step {step}, {what}: {error.Message}", error);
            }
        }
        var states = 0;
        foreach (var (id, model, schema) in table.Snapshots)
        {
            var expected = model.Lines(schema);
            Assert.Equal(expected, ModelTable.Sorted(judge.Do(["read", .. table.Judged, "--snapshot", $"{id}"])));
            if (PythonJudge.Rows(table.Judged[0], "duckdb", id) is { } rows) Assert.Equal(expected, ModelTable.Sorted(rows));
            states++;
        }
        output.WriteLine($"{states} snapshots read by {(PythonJudge.Program is null ? "Iceberg Java" : "Iceberg Java and DuckDB")}");
    }

    internal static string Step(ModelTable table, Random random)
    {
        var branches = table.Table.Metadata.Refs.Where(r => r.Value.IsBranch && r.Key != SnapshotRef.Main).Select(r => r.Key).ToList();
        var branch = branches.Count > 0 && random.Next(5) == 0 ? branches[random.Next(branches.Count)] : SnapshotRef.Main;
        var what = table.Table.Metadata.CurrentSnapshot is null ? 0 : random.Next(25);
        switch (what)
        {
            case < 6:
                table.Append(branch);
                return $"append to {branch}";
            case < 9:
                table.Change(branch, add: false);
                return $"delete from {branch}";
            case < 12:
                table.Change(branch, add: true);
                return $"upsert into {branch}";
            case < 15:
                table.Compact(branch);
                return $"compact {branch}";
            case 15:
                table.OverwritePartition(branch);
                return $"overwrite a partition of {branch}";
            case 16:
                table.RemoveSomeFiles(branch, replace: false);
                return $"remove files of {branch}";
            case 17:
                table.RemoveSomeFiles(branch, replace: true);
                return $"overwrite files of {branch}";
            case 18:
                table.RewriteManifests(branch);
                return $"rewrite manifests of {branch}";
            case 19:
                table.Expire();
                return "expire";
            case < 22:
                table.MoveRefs();
                return "move refs";
            case 22:
                table.ChangeSchema();
                return "change the schema";
            case 23:
                table.ChangeProperties();
                return "set properties";
            default:
                table.ChangeSpec();
                return "change the spec";
        }
    }
}
