namespace K2I.Crash.Tests;

/// <summary>What the command line asks for.</summary>
internal sealed record CrashOptions
{
    private const string Usage = """
        usage: crash [N] [--seed S] [--kafka embedded|real] [--pair NAME] [--points a,b] [--batch K] [--rate R] [--keep]
               crash --sweep [--pair NAME,…|all] [--every K] [--away S] [--keep]

        Kills k2i ingest N times under load, with one to three lanes a life and at times a second process of its group, and
        audits its tables. With --sweep: one process, and each fault at each request of a flush.

          N           kills (200)
          --seed      repeats what was chosen in an earlier run (from the clock)
          --kafka     embedded: a broker in this process; real: Apache Kafka of K2I_SHARED (real if it is there)
          --pair      catalog and store: {0} (file);
                      their faults are switched on and off in half of the lives
          --points    kill at these points only
          --batch     kills between two audits (40)
          --rate      records a second (800)
          --keep      keep the folders of batches that were found good
          --every     one of so many faults, chosen by the seed (1)
          --away      seconds for which catalog and store are away at the end of a sweep (60)
        """;

    public int Kills { get; private init; } = 200;

    public int Seed { get; private init; } = Environment.TickCount & 0xFFFFFF;

    public bool RealKafka { get; private init; } = Shared.Find("peers/kafka/start") is not null;

    /// <summary>Of <see cref="Pair.Names"/>; one, but for a sweep.</summary>
    public IReadOnlyList<string> Pairs { get; private init; } = [Pair.Names[0]];

    public bool Sweep { get; private init; }

    public int Every { get; private init; } = 1;

    public int AwaySeconds { get; private init; } = 60;

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
            if (name is "--keep" or "--sweep")
            {
                options = name == "--keep" ? options with { Keep = true } : options with { Sweep = true };
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
                "--pair" when value == "all" => options with { Pairs = Pair.Names },
                "--pair" when value.Split(',') is var pairs && pairs.All(Pair.Names.Contains) => options with { Pairs = pairs },
                "--every" when int.TryParse(value, out var every) && every > 0 => options with { Every = every },
                "--away" when int.TryParse(value, out var seconds) && seconds >= 0 => options with { AwaySeconds = seconds },
                "--points" when value.Length > 0 => options with { Points = value.Split(',') },
                "--batch" when int.TryParse(value, out var batch) && batch > 0 => options with { Batch = batch },
                "--rate" when int.TryParse(value, out var rate) && rate > 0 => options with { Rate = rate },
                _ => null,
            };
            if (changed is null)
            {
                errors.WriteLine(Usage, string.Join(", ", Pair.Names));
                return null;
            }
            options = changed;
        }
        if (options.Sweep || options.Pairs.Count == 1) return options;
        errors.WriteLine(Usage, string.Join(", ", Pair.Names));
        return null;
    }

    public override string ToString() => Sweep ? $"--sweep --pair {string.Join(',', Pairs)} --every {Every} --seed {Seed} --away {AwaySeconds}"
        : $"--seed {Seed} --kafka {(RealKafka ? "real" : "embedded")} --pair {Pairs[0]} --batch {Batch} --rate {Rate}";
}
