using System.Collections.Immutable;
using K2I.Base;
using K2I.Kafka;
using K2I.Pipeline;
using K2I.Query;
using K2I.Ring;

namespace K2I.Cli.Config;

/// <summary>Turns settings into typed options and checks them one by one and against each other. With problems reported, what it returns is not to be used.</summary>
internal sealed class ConfigBinder(string sourceName, List<SettingSection> sections, Problems problems)
{
    private const long LongestQueryMs = 86_400_000;

    /// <summary>Between a snapshot's commit and the moment that readers are given it, and what ending a query takes.</summary>
    private const long ReadSlackMs = 10_000;

    private readonly Place source = new(sourceName);

    public AppOptions Bind()
    {
        var engine = Section("engine");
        var wal = Section("wal");
        var flush = Section("flush");
        var query = Section("query");
        var defaults = new FlushOptions
        {
            Bytes = Limits.FlushBytes(flush, Keys.FlushBytes),
            Rows = Limits.FlushRows(flush, Keys.FlushRows),
            AgeMs = Limits.FlushInterval(flush, Keys.FlushInterval),
        };
        var iceberg = Iceberg();
        var maintenance = Section("maintenance");
        var usual = new TableOptions
        {
            Name = "",
            Topics = [],
            Flush = defaults,
            Maintenance = MaintenanceBinder.Defaults(maintenance),
            IsMaintained = MaintenanceBinder.IsOn(maintenance),
        };
        var tables = new TableSections(sections, source, usual, iceberg, problems);
        tables.Bind();
        var registry = new RegistryBinder(Section("registry"), sections.Find(s => s.Name == "registry"), problems).Bind();
        if (registry is null) tables.RequireSchemas();
        var options = new EngineOptions
        {
            Kafka = Kafka(),
            Iceberg = iceberg,
            Registry = registry,
            Tables = tables.Tables,
            Templates = tables.Templates,
            Lanes = engine.CountOrAuto(Keys.Lanes, 1, 64, EngineOptions.AutoLanes),
            FlushThreads = engine.CountOrAuto(Keys.FlushThreads, 1, 64, EngineOptions.AutoFlushThreads),
            MemoryBytes = engine.Bytes(Keys.Memory, 16L << 20, 1L << 40),
            DataDirectory = engine.Text(Keys.DataDirectory)!,
            ShutdownTimeoutMs = engine.Ms(Keys.ShutdownTimeout, 1_000, 3_600_000),
            WalMode = (WalMode)wal.Choice(Keys.WalMode),
            // Log files are whole pages.
            WalFileBytes = (wal.Bytes(Keys.WalFileSize, 4L << 20, 1L << 30) + 4095) / 4096 * 4096,
            WalMaxBytes = wal.Bytes(Keys.WalMaxBytes, 16L << 20, 1L << 50),
            WalGroupMs = wal.Ms(Keys.WalGroupInterval, 0, 1_000),
            IndexBytes = query.Bytes(Keys.IndexMemory, IndexBudget.LeastBytes, 1L << 40),
            Maintenance = new()
            {
                Threads = (int)maintenance.Count(Keys.MaintenanceThreads, 1, 64),
                MemoryBytes = maintenance.Bytes(Keys.MaintenanceMemory, 16L << 20, 1L << 40),
                LongestReadMs = query.Ms(Keys.QueryTimeout, 10, LongestQueryMs) + ReadSlackMs,
                LookMs = maintenance.Ms(Keys.MaintenanceEvery, 100, 3_600_000),
                CpuShare = maintenance.Count(Keys.MaintenanceCpu, 1, 100) / 100.0,
            },
            HotTtlMs = query.Ms(Keys.HotTtl, 0, 86_400_000),
        };
        var leastMemory = options.Lanes * EngineOptions.LeastMemoryBytes + options.FlushThreads * EngineOptions.LeastFlushMemoryBytes;
        if (options.MemoryBytes < leastMemory)
            engine.Wrong(Keys.Memory, $"is too little for {options.Lanes} lanes and {options.FlushThreads} flush threads",
                $"at least {leastMemory >> 20}MiB, or set lanes and flush_threads");
        var leastLog = options.Lanes * 4 * options.WalFileBytes;
        if (wal.Has(Keys.WalMaxBytes) && options.WalMaxBytes < leastLog)
            wal.Wrong(Keys.WalMaxBytes,
                $"is too little for the logs of {options.Lanes} lanes, of four files of {Units.FormatBytes(options.WalFileBytes)} each",
                $"at least {Units.FormatBytes(leastLog)}, or a smaller file_size");
        foreach (var table in options.Tables.Concat(options.Templates.SelectMany(t => t.Overrides.Values.Prepend(t.Options))))
            if (options.WalMode == WalMode.Records && table.MaxRecordBytes * 2L > options.WalFileBytes)
                wal.Wrong(Keys.WalFileSize, $"is too small for max_record = {Units.FormatBytes(table.MaxRecordBytes)} of [table.{table.Name}]", $"at least {Units.FormatBytes(table.MaxRecordBytes * 2L)}");
        var http = new HttpBinder(Section("http"));
        return new AppOptions(options, Log(), http.Bind(), http.TableMetrics(), Query(query));
    }

    private static QueryLimits Query(ValueReader values) => new()
    {
        MemoryBytes = values.Bytes(Keys.QueryMemory, 1L << 20, 1L << 40),
        MaxRows = values.Count(Keys.QueryRows, 1, 1_000_000_000_000),
        MaxBytes = values.Bytes(Keys.QueryBytes, 1 << 10, 1L << 50),
        TimeoutMs = (int)values.Ms(Keys.QueryTimeout, 10, LongestQueryMs),
        Concurrency = (int)values.Count(Keys.QueryConcurrency, 1, 1_000),
    };

    private ValueReader Section(string name) => new(name, sections.Find(s => s.Name == name), source, problems);

    private KafkaOptions Kafka()
    {
        var values = Section("kafka");
        var brokers = values.Text(Keys.Brokers);
        if (!string.IsNullOrEmpty(brokers) && Names.BadBroker(brokers) is >= 0 and var at) values.Bad(Keys.Brokers, offset: at);
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var setting in sections.Find(s => s.Name == "kafka")?.All ?? [])
            if (KafkaProperties.IsAllowed(setting.Key)) properties[setting.Key] = setting.Text;
        CheckLogin(properties);
        if (values.Choice(Keys.GroupProtocol) == (int)GroupProtocol.Consumer)
            foreach (var name in new[] { "session.timeout.ms", "heartbeat.interval.ms", "group.protocol.type" })
                if (properties.ContainsKey(name))
                    problems.Add(sections.Find(s => s.Name == "kafka")![name]!.KeyPlace, $"[kafka] {name}: is not used with group_protocol = consumer", "the broker decides it there");
        return new KafkaOptions
        {
            Brokers = brokers ?? "",
            Group = values.Text(Keys.Group)!,
            ClientId = values.Text(Keys.ClientId)!,
            InstanceId = values.Text(Keys.InstanceId),
            GroupProtocol = (GroupProtocol)values.Choice(Keys.GroupProtocol),
            Properties = properties.ToImmutable(),
        };
    }

    /// <summary>Settings that librdkafka would take and then not use: a login or certificate that one believes to be in force.</summary>
    private void CheckLogin(ImmutableSortedDictionary<string, string>.Builder properties)
    {
        var protocol = properties.GetValueOrDefault("security.protocol", "plaintext");
        if (!protocol.StartsWith("sasl_", StringComparison.OrdinalIgnoreCase)) Unused("sasl.", "sasl_ssl or sasl_plaintext");
        if (!protocol.EndsWith("ssl", StringComparison.OrdinalIgnoreCase)) Unused("ssl.", "ssl or sasl_ssl");

        void Unused(string prefix, string needed)
        {
            if (properties.Keys.FirstOrDefault(k => k.StartsWith(prefix, StringComparison.Ordinal)) is not { } key) return;
            var setting = sections.Find(s => s.Name == "kafka")![key]!;
            problems.Add(setting.KeyPlace, $"[kafka] {key}: is not used with security.protocol = {protocol}", $"set security.protocol = {needed}");
        }
    }

    private IcebergOptions Iceberg()
    {
        var catalog = new CatalogBinder(Section("iceberg"), sections.Find(s => s.Name == "iceberg"), problems).Bind();
        return catalog with { Storage = StoreBinder.Bind(Section("s3"), Section("gcs"), Section("azure")) };
    }

    private LogOptions Log()
    {
        var values = Section("log");
        var file = values.Text(Keys.LogFile);
        if (file is null)
            foreach (var key in new[] { Keys.LogFileSize, Keys.LogFileCount })
                if (values.Changes(key)) values.Wrong(key, "has no meaning without file");
        return new LogOptions
        {
            Level = values.Choice(Keys.LogLevel) switch { 1 => LogLevel.Debug, 2 => LogLevel.Warn, 3 => LogLevel.Error, _ => LogLevel.Info },
            Json = values.Choice(Keys.LogFormat) == 1,
            File = file,
            FileBytes = values.Bytes(Keys.LogFileSize, 64 << 10, 64L << 30),
            FileCount = (int)values.Count(Keys.LogFileCount, 0, 1_000),
        };
    }
}
