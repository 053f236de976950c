namespace K2I.Crash.Tests;

/// <summary>What the command line asks for.</summary>
internal sealed record CrashOptions
{
    private const string Usage = """
        usage: crash [N] [--seed S] [--kafka embedded|real] [--catalog file|rest] [--points a,b] [--batch K] [--rate R] [--keep]

        Kills k2i ingest N times under load, with one to three lanes a life and at times a second process of its group, and
        audits its tables.

          N           kills (200)
          --seed      repeats what was chosen in an earlier run (from the clock)
          --kafka     embedded: a broker in this process; real: Apache Kafka of K2I_SHARED (real if it is there)
          --catalog   file, or rest: Iceberg's REST catalog server of K2I_SHARED, with its faults switched on and off (file)
          --points    kill at these points only
          --batch     kills between two audits (40)
          --rate      records a second (800)
          --keep      keep the folders of batches that were found good
        """;

    public int Kills { get; private init; } = 200;

    public int Seed { get; private init; } = Environment.TickCount & 0xFFFFFF;

    public bool RealKafka { get; private init; } = Shared.Find("peers/kafka/start") is not null;

    public bool Rest { get; private init; }

    public IReadOnlyList<string> Points { get; private init; } = [];

    public int Batch { get; private init; } = 40;

    public int Rate { get; private init; } = 800;

    public bool Keep { get; private init; }

    /// <summary>Null, once the usage is printed, if the arguments make no sense.</summary>
    public static CrashOptions? Parse(string[] arguments, TextWriter errors)
    {
        var options = new CrashOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var name = arguments[i];
            if (name == "--keep")
            {
                options = options with { Keep = true };
                continue;
            }
            if (int.TryParse(name, out var kills) && kills > 0)
            {
                options = options with { Kills = kills };
                continue;
            }
            var value = i + 1 < arguments.Length ? arguments[++i] : "";
            var changed = name switch
            {
                "--seed" when int.TryParse(value, out var seed) => options with { Seed = seed },
                "--kafka" when value is "embedded" or "real" => options with { RealKafka = value == "real" },
                "--catalog" when value is "file" or "rest" => options with { Rest = value == "rest" },
                "--points" when value.Length > 0 => options with { Points = value.Split(',') },
                "--batch" when int.TryParse(value, out var batch) && batch > 0 => options with { Batch = batch },
                "--rate" when int.TryParse(value, out var rate) && rate > 0 => options with { Rate = rate },
                _ => null,
            };
            if (changed is null)
            {
                errors.WriteLine(Usage);
                return null;
            }
            options = changed;
        }
        return options;
    }

    public override string ToString() => $"--seed {Seed} --kafka {(RealKafka ? "real" : "embedded")} --catalog {(Rest ? "rest" : "file")} --batch {Batch} --rate {Rate}";
}
