using K2I.Base;
using K2I.Cli.Config;
using K2I.Cli.Logging;
using K2I.Pipeline;

namespace K2I.Cli.Running;

/// <summary>Re-reads the configuration of a running process and puts into force what can change under way. The supervising
/// thread.</summary>
/// <param name="started">The configuration that the process began with: keys that need a restart are compared with it.</param>
/// <param name="read">Reads it again; null where that cannot be done, as of standard input.</param>
internal sealed class Reloader(LoadedConfig started, Func<LoadedConfig>? read, LogWriter log)
{
    // Sections whose keys need a restart, but for those below; all of [flush] and [table.NAME] changes under way.
    private static readonly string[] Fixed =
    [
        "kafka", "iceberg", "s3", "gcs", "azure",
        "engine", "wal", "log", "http", "query", "maintenance",
    ];
    private static readonly ConfigKey[] Live =
        [Keys.LogLevel, Keys.Maintenance, Keys.TargetFileSize, Keys.ExpireAfter, Keys.KeepSnapshots, Keys.Orphans, Keys.OrphanGrace];

    public ReloadOutcome Reload(IEngine engine)
    {
        var outcome = Apply(engine);
        foreach (var problem in outcome.Problems) log.Error("the configuration cannot be reloaded", ("problem", problem));
        if (!outcome.Ok) log.Error("nothing was changed", ("problems", outcome.Problems.Length));
        else
        {
            log.Info("configuration reloaded", ("added", string.Join(", ", outcome.Added)),
                ("changed", string.Join(", ", outcome.Changed)), ("removed", string.Join(", ", outcome.Removed)));
            if (!outcome.NeedRestart.IsEmpty) log.Warn("some settings wait for a restart",
                ("keys", string.Join(", ", outcome.NeedRestart)));
        }
        return outcome;
    }

    private ReloadOutcome Apply(IEngine engine)
    {
        if (read is null)
            return ReloadOutcome.Refused("the configuration came from standard input and cannot be read again; restart the process");
        var next = read();
        log.AddSecrets(next.Redactor);
        if (next.Options is not { } options) return ReloadOutcome.Refused(next.Problems.Select(p => next.Redactor.Scrub(p.ToString())));
        // The log's files are as large as they were made.
        var inForce = started.Options!.Engine;
        var tooLarge = options.Engine.Tables.FirstOrDefault(t => inForce.WalMode == WalMode.Records
            && t.MaxRecordBytes * 2L > inForce.WalFileBytes);
        if (tooLarge is not null)
            return ReloadOutcome.Refused($"[table.{tooLarge.Name}] max_record: needs a [wal] file_size that only a restart changes");
        try
        {
            var changes = engine.Apply(options.Engine.Tables, options.Engine.Templates);
            log.Level = options.Log.Level;
            return new([], changes.Added, changes.Changed, changes.Removed, [.. NeedRestart(next)]);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Invalid)
        {
            return ReloadOutcome.Refused(error.Message);
        }
    }

    private IEnumerable<string> NeedRestart(LoadedConfig next)
    {
        foreach (var section in Fixed)
        {
            var (before, after) = (Of(started, section), Of(next, section));
            foreach (var key in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
                if (before.GetValueOrDefault(key) != after.GetValueOrDefault(key)) yield return $"[{section}] {key}";
        }
    }

    /// <summary>What stands in a section and its defaults, by key.</summary>
    private static Dictionary<string, string?> Of(LoadedConfig config, string section)
    {
        var texts = Keys.All.Where(k => k.Section == section && !Live.Contains(k)).ToDictionary(k => k.Name, k => k.Default,
            StringComparer.Ordinal);
        foreach (var setting in config.Sections.FirstOrDefault(s => s.Name == section)?.All ?? [])
            if (!Array.Exists(Live, k => k.Section == section && k.Name == setting.Key)) texts[setting.Key] = setting.Text;
        return texts;
    }
}
