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
            RandomSteps.Step(table, random);
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
            var what = RandomSteps.Step(table, random);
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
}
