using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Parquet;
using K2I.Storage;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>
/// Iceberg Java and PyIceberg change a table at the same time as jobs of every kind go on in a loop: the rows in the end are those that
/// these engines were told to write and to delete, whoever was in whose way.
/// </summary>
public sealed class OtherEnginesTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 12, RowsAtATime = 20;

    private static readonly Schema Columns = Schema.Of(new Field(1, "id", PrimitiveType.Long, true),
        new Field(2, "cat", PrimitiveType.String, false), new Field(3, "n", PrimitiveType.Int, false));

    private readonly TempFolder folder = new();
    private readonly SortedDictionary<long, string> model = [];
    private readonly SortedDictionary<string, int> done = new(StringComparer.Ordinal);

    private string RowsFile => Path.Join(folder.Path, "rows.jsonl");

    public void Dispose() => folder.Dispose();

    [SharedTheory(RestServer.Program)]
    [InlineData(2, 51, false)]
    [InlineData(2, 52, true)]
    [InlineData(3, 53, false)]
    public void TheirRowsAreThereAndNoOthers(int formatVersion, int seed, bool python)
    {
        output.WriteLine($"seed {seed}");
        // PyIceberg neither writes version 3 nor reads equality deletes: where it works on a table, those are not used.
        python &= PythonJudge.Program is not null;
        var random = new Random(seed);
        using var server = new RestServer();
        using var judge = new JudgeSession();
        using var catalog = new RestCatalog(new RestOptions { Uri = server.Uri, StorageRoots = ["file://" + server.Warehouse] });
        var ident = TableIdent.Parse("db.t");
        string[] judged = ["db.t", "--catalog", "rest", "--uri", server.Uri];
        new TableCommitter(catalog, new LocalStore(server.Warehouse)).LoadOrCreate(ident, new TableCreation
        {
            Schema = Columns,
            Spec = PartitionSpecText.Parse("cat", Columns),
            FormatVersion = formatVersion,
            Properties = TestTables.Strings(("commit.manifest.min-count-to-merge", "4")),
        });
        Told(judge, "append", judged, Rows(1), "--from", RowsFile);
        using var keeper = new Keeper(server, ident);
        for (var round = 2; round <= Rounds; round++)
        {
            keeper.LookAgain();
            if (python && round % 4 == 0) ByPython(judged, random, round);
            else ByJava(judge, judged, random, round, formatVersion, equality: !python);
        }
        keeper.Finish();
        output.WriteLine($"{string.Join(", ", done.Select(d => $"{d.Key} {d.Value}"))}; jobs: {keeper}");

        Assert.Equal(model.Values.Order(StringComparer.Ordinal), judge.Do(["read", .. judged]).Order(StringComparer.Ordinal));
        var errors = judge.Do(["check", .. judged, "--lineage"]).Where(l => l.StartsWith("ERROR", StringComparison.Ordinal)).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors.Take(10)));
        Assert.True(keeper.Did(JobKind.Compaction), $"jobs: {keeper}");
    }

    private void ByJava(JudgeSession judge, string[] judged, Random random, int round, int formatVersion, bool equality)
    {
        var from = random.NextInt64(1, round * RowsAtATime);
        var some = $"id >= {from} and id < {from + (RowsAtATime / 4)}";
        var left = new SortedDictionary<long, string>(model.Where(r => r.Key < from || r.Key >= from + (RowsAtATime / 4))
            .ToDictionary(r => r.Key, r => r.Value));
        switch (random.Next(8))
        {
            case 0:
                Told(judge, "delete", judged, left, "--where", some, "--how", formatVersion == 2 ? "pos" : "dv");
                break;
            case 1 when equality:
                Told(judge, "delete", judged, left, "--where", some, "--how", "eq", "--on", "id");
                break;
            case 2:
                Told(judge, "delete", judged, left, "--where", some, "--how", "cow");
                break;
            case 3:
                Told(judge, "compact", judged, model);
                break;
            case 4:
                Told(judge, "rewrite-manifests", judged, model);
                break;
            // Not where vectors share files: its expiry deletes the file with the first of them that was replaced.
            case 5 when formatVersion == 2:
                Told(judge, "expire", judged, model, "--keep", "4");
                break;
            default:
                Told(judge, "append", judged, Rows(round), "--from", RowsFile);
                break;
        }
    }

    private void ByPython(string[] judged, Random random, int round)
    {
        var limit = random.NextInt64(1, round * RowsAtATime);
        var rows = Rows(round);
        switch (random.Next(3))
        {
            case 0:
                Python("append", rows, "--rows", RowsFile);
                break;
            case 1:
                Python("delete", model.Where(r => r.Key != limit), "--where", $"id = {limit}");
                break;
            default:
                Python("overwrite", rows.Where(r => r.Key != limit), "--rows", RowsFile, "--where", $"id = {limit}");
                break;
        }

        void Python(string op, IEnumerable<KeyValuePair<long, string>> after, params string[] arguments)
        {
            var said = PythonJudge.Do(["op", judged[0], op, .. arguments, .. judged[1..]]);
            Became(after);
            Count($"PyIceberg {op}");
            output.WriteLine($"{op}: {string.Join(' ', said)}");
        }
    }

    /// <summary>What the table has once rows of this round, which lie in the file then, are appended.</summary>
    private SortedDictionary<long, string> Rows(int round)
    {
        var rows = Enumerable.Range(0, RowsAtATime).Select(r => ((long)round * RowsAtATime) + r)
            .ToDictionary(id => id, id => string.Create(CultureInfo.InvariantCulture,
                $$"""{"id":{{id}},"cat":"{{"abc"[(int)(id % 3)]}}","n":{{round}}}"""));
        File.WriteAllLines(RowsFile, rows.Values);
        return new(model.Concat(rows).ToDictionary(r => r.Key, r => r.Value));
    }

    /// <summary>Iceberg Java does it, or says that a job was in its way: then nothing of it is done.</summary>
    private void Told(
        JudgeSession judge, string op, string[] judged, IEnumerable<KeyValuePair<long, string>> after, params string[] options)
    {
        var (isDone, lines) = judge.Try(["op", op, .. judged, .. options]);
        if (isDone) Became(after);
        else output.WriteLine($"{op}: {string.Join(' ', lines.TakeLast(2))}");
        Count($"Iceberg Java {op}{(isDone ? "" : " in vain")}");
    }

    private void Became(IEnumerable<KeyValuePair<long, string>> after)
    {
        var rows = after.ToList();
        model.Clear();
        foreach (var (id, row) in rows) model.Add(id, row);
    }

    private void Count(string what) => done[what] = done.GetValueOrDefault(what) + 1;

    /// <summary>A process that does nothing but look after the table: each time it is told to, while others are at it.</summary>
    private sealed class Keeper : IDisposable
    {
        private readonly RestCatalog catalog;
        private readonly LocalStore store;
        private readonly ParquetBuffers buffers = new();
        private readonly JobContext context;
        private readonly SortedDictionary<string, int> ends = new(StringComparer.Ordinal);
        private readonly AutoResetEvent looks = new(initialState: true);
        private readonly Thread thread;
        private volatile bool stop;
        private volatile Exception? failure;

        private static MaintenancePolicy Policy { get; } = new()
        {
            Compaction = new() { LeastFiles = 2, SettleMs = 0, QuietMs = 0 },
            // So many that nobody who is at work has its snapshot taken away.
            Expiry = new() { MaxAgeMs = 0, MinSnapshots = 20 },
            Manifests = new() { MostSmall = 3 },
            // Nothing is old enough: files of commits under way are not touched.
            Orphans = new() { Remove = true },
        };

        internal Keeper(RestServer server, TableIdent ident)
        {
            catalog = new RestCatalog(new RestOptions { Uri = server.Uri, StorageRoots = ["file://" + server.Warehouse] });
            store = new LocalStore(server.Warehouse);
            context = new JobContext { Ident = ident, Catalog = catalog, Store = store, Use = new TestUse(), Buffers = buffers };
            thread = new(Loop) { IsBackground = true };
            thread.Start();
        }

        internal void LookAgain()
        {
            Assert.Null(failure);
            looks.Set();
        }

        /// <summary>Ends the loop; then all that is due is done, and nobody is in the way.</summary>
        internal void Finish()
        {
            End();
            Assert.Null(failure);
            foreach (var kind in Planner.Kinds)
                foreach (var plan in Plans(kind))
                    Assert.Equal("", Run(plan));
        }

        internal bool Did(JobKind kind) => ends.Keys.Any(e => e == $"{kind}");

        public override string ToString() => string.Join(", ", ends.Select(e => $"{e.Key} {e.Value}"));

        public void Dispose()
        {
            End();
            looks.Dispose();
            buffers.Dispose();
            catalog.Dispose();
        }

        private void End()
        {
            stop = true;
            looks.Set();
            thread.Join();
        }

        private void Loop()
        {
            try
            {
                while (looks.WaitOne() && !stop)
                    foreach (var kind in Planner.Kinds)
                        foreach (var plan in Plans(kind)) Run(plan);
            }
            catch (Exception error)
            {
                failure = error;
            }
        }

        private IEnumerable<JobPlan> Plans(JobKind kind)
        {
            try
            {
                var state = TableInventory.Read(catalog.Load(context.Ident), store, Policy);
                return new Planner(Policy, [], SystemClock.Instance.UnixMs).Plan(kind, state);
            }
            catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
            {
                // Its snapshot expired meanwhile.
                return [];
            }
        }

        /// <summary>Why it was not done; empty where it was.</summary>
        private string Run(JobPlan plan)
        {
            var why = "";
            try
            {
                using var job = plan.Start(context);
                while (job.Step()) continue;
                why = job.Outcome!.Conflict ?? "";
            }
            catch (EngineException error) when (error.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
            {
                // Files that it reads went with a snapshot that expired, or the table changes all the time.
                why = error.Message;
            }
            var what = $"{plan.Kind}{(why.Length > 0 ? " in vain" : "")}";
            ends[what] = ends.GetValueOrDefault(what) + 1;
            return why;
        }
    }
}
