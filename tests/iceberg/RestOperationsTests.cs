using K2I.Storage;

using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

/// <summary>Every operation through Iceberg's own catalog server, beside a model of the rows: whatever becomes of its commit, it is in the table once.</summary>
[Collection(RestFixture.Collection)]
public sealed class RestOperationsTests(RestFixture rest, ITestOutputHelper output)
{
    private static readonly string[] Faults =
    [
        """{"do":"apply-drop"}""",
        """{"do":"apply-status","status":504}""",
        """{"do":"twice"}""",
        """{"do":"late","ms":30}""",
        """{"do":"conflict"}""",
        """{"do":"conflict","with":"property"}""",
        """{"do":"status","status":503}""",
        """{"do":"status","status":409}""",
        """[{"do":"apply-drop"},{"do":"stale","on":"load"}]""",
    ];

    /// <summary>What harms when it is done twice or not at all, with each fault there is for it.</summary>
    [SharedTheory(RestServer.Program)]
    [InlineData(2, 31)]
    [InlineData(3, 32)]
    public void OperationsOfUncertainOutcomeAreInOnce(int formatVersion, int seed)
    {
        output.WriteLine($"seed {seed}");
        using var catalog = rest.Server.Open();
        var steps = new Dictionary<string, Action<ModelTable>>
        {
            ["delete"] = t => t.Change(SnapshotRef.Main, add: false),
            ["upsert"] = t => t.Change(SnapshotRef.Main, add: true),
            ["compact"] = t => t.Compact(SnapshotRef.Main),
            ["overwrite files"] = t => t.RemoveSomeFiles(SnapshotRef.Main, replace: true),
            ["overwrite a partition"] = t => t.OverwritePartition(SnapshotRef.Main),
            ["expire"] = t => t.Expire(keep: 2),
            ["move refs"] = t => t.MoveRefs(),
        };
        var fault = "";
        foreach (var (name, step) in steps)
        {
            var table = Table(catalog, formatVersion, seed, name.Replace(' ', '_'), t => Arm(t, fault));
            foreach (var armed in Faults)
            {
                fault = "";
                // Of so many snapshots more expire than stay: Iceberg Java finds it impossible to do that a second time.
                for (var n = name == "expire" ? 6 : 1; n > 0; n--) table.Append(most: 12);
                fault = armed;
                Do(table, $"{name} under {fault}", step, all: false);
            }
            table.Compare();
            rest.Judge.Check(table.Judged);
        }
    }

    /// <summary>Any operation after any other, under any fault or none; Iceberg Java finds no fault with the table after each.</summary>
    [SharedTheory(RestServer.Program)]
    [InlineData(2, 33)]
    [InlineData(3, 34)]
    public void RandomOperationsKeepToTheModel(int formatVersion, int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var catalog = rest.Server.Open();
        var fault = "";
        var table = Table(catalog, formatVersion, seed, "random", t => Arm(t, fault = random.Next(3) == 0 ? "" : Faults[random.Next(Faults.Length)]));
        for (var step = 0; step < 24; step++)
        {
            var what = "";
            Do(table, $"step {step}", t => what = RandomSteps.Step(t, random), all: step % 6 == 5);
            try
            {
                rest.Judge.Check(table.Judged);
                if (table.Table.Metadata.CurrentSnapshot is not null) Assert.Equal(table.Main.Lines(table.Table.Metadata.CurrentSchema), ModelTable.Sorted(rest.Judge.Do(["read", .. table.Judged])));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}, step {step}, {what} under {fault}: {error.Message}", error);
            }
        }
    }

    private ModelTable Table(RestCatalog catalog, int formatVersion, int seed, string name, Action<string> beforeCommit)
    {
        var table = $"{name}_v{formatVersion}";
        return new ModelTable(catalog, new LocalStore(rest.Server.Warehouse), table, formatVersion, new Random(seed))
        {
            BeforeCommit = () => beforeCommit(table),
            Judged = rest.Judged(TableIdent.Parse($"db.{table}")),
        };
    }

    private void Arm(string table, string fault)
    {
        rest.Server.NoFaults();
        if (fault.Length > 0) rest.Server.Fail(fault.Replace("{", $$"""{"table":"db.{{table}}",""", StringComparison.Ordinal));
    }

    private void Do(ModelTable table, string what, Action<ModelTable> step, bool all)
    {
        try
        {
            step(table);
            rest.Server.NoFaults();
            if (all) table.Compare();
            else table.CompareRefs();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{what}: {error.Message}", error);
        }
    }
}
