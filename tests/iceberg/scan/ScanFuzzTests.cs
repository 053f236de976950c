using K2I.Base;
using K2I.Storage;

using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

[Collection(JudgeTables.Collection)]
public sealed class ScanFuzzTests(JudgeTables judge, ITestOutputHelper output)
{
    [SharedFact(Judge.Program)]
    public void DamagedManifestsDataAndDeletesEndInAnErrorOrInRowsNeverOtherwise()
    {
        const int seed = 17;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] names = ["avro-data", "dv", "eq-deletes", "pos-deletes", "v3-nested"];
        var store = new LocalStore(judge.Warehouse);
        var catalog = new FileCatalog(store, judge.Warehouse, strictNames: false);
        var tables = names.Select(n => catalog.Load(new TableIdent(["t"], n))).ToList();
        var outcomes = new SortedDictionary<string, int>();
        for (var i = 0; i < 1500; i++)
        {
            var outcome = "rows";
            try
            {
                var json = new RowJson();
                using var reader = new TableScan(tables[random.Next(tables.Count)], new DamagedStore(store, random, 40), new ScanRequest { MetadataColumns = random.Next(2) == 0 }).Read();
                while (reader.TryRead(out var rows))
                {
                    json.Clear();
                    for (var row = 0; row < rows.Rows; row++) json.AppendLine(rows.Batch, rows.Ordinal(row));
                }
            }
            catch (EngineException error)
            {
                outcome = error.Kind.ToString();
            }
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }
        output.WriteLine(string.Join(", ", outcomes.Select(o => $"{o.Key} {o.Value}")));
        Assert.True(outcomes["Corrupt"] > 100 && outcomes["rows"] > 100);
    }
}
