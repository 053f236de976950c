namespace K2I.Crash.Tests;

/// <summary>The configuration of a batch: tables of every kind on few topics.</summary>
/// <param name="Number">
/// The batch: every third infers the columns of a table, every fourth keeps state changes alone in its logs, every other looks after its
/// tables all the time.
/// </param>
/// <param name="Pair">Where the tables are.</param>
internal sealed record Configuration(int Number, IBroker Broker, Pair Pair, string Topic, string LetterTopic, string Namespace)
{
    /// <summary>The reason that <c>strict</c> is paused for, time and again.</summary>
    public const string PauseReason = "bad-record";

    /// <summary>The topic of a table that the template makes.</summary>
    public string SmallTopic(int index) => $"{Topic}.small{index}";

    /// <summary>The table that the template makes of it.</summary>
    public static string SmallTable(int index) => $"small_{index}";

    private bool Infers => Number % 3 == 2;

    private bool IsKept => Number % 2 == 0;

    private string Maintenance => IsKept ? "every = 100ms\ncpu = 100\nsettle = 0s" : "";

    /// <summary>Lives are short: files are many and snapshots old after seconds here, as they are after hours elsewhere.</summary>
    private string Properties => IsKept
        ? "property.write.target-file-size-bytes = 32768\nproperty.history.expire.max-snapshot-age-ms = 3000\n"
            + "property.history.expire.min-snapshots-to-keep = 4" : "";

    /// <summary>The file of one process.</summary>
    public string TextOf(string host, string dataDirectory) => $$"""
        [kafka]
        brokers = {{Broker.Addresses}}
        group = {{Topic}}
        topic.metadata.refresh.interval.ms = 1000
        {{Broker.ConsumerSettings(Number, host)}}
        [iceberg]
        {{Pair.Catalog}}
        namespace = {{Namespace}}
        [engine]
        data_dir = {{dataDirectory}}
        memory = 64MiB
        shutdown_timeout = 30s
        [wal]
        mode = {{(Number % 4 == 3 ? "offsets" : "records")}}
        file_size = 4MiB
        [flush]
        interval = 250ms
        [maintenance]
        {{Maintenance}}
        [query]
        timeout = {{(IsKept ? "1s" : "60s")}}
        [table.events]
        topics = {{Topic}}
        {{Properties}}
        max_record = 1MiB
        unknown_fields = evolve
        {{(Infers ? "infer_records = 200" : "partition_by = bucket(2, id)\ncolumns = 'id: long!, text: string, amount: double'")}}
        [table.copies]
        topics = {{Topic}}
        {{Properties}}
        max_record = 1MiB
        format = raw
        raw_value = string
        dead_letter = topic
        dead_letter_topic = {{LetterTopic}}
        [table.strict]
        topics = {{Topic}}
        {{Properties}}
        max_record = {{Load.LongBytes}}
        format = raw
        raw_value = string
        tombstones = null_row
        dead_letter = pause
        [table.small]
        topics = ^{{Topic}}\.small(?<number>\d+)$
        table = small_${number}
        {{Properties}}
        max_record = 1MiB
        columns = 'id: long!, text: string, amount: double'
        {{Pair.Sections}}
        """;

    /// <summary>What the tables of the main topic must hold.</summary>
    public IEnumerable<AuditedTable> TablesOfTopic =>
    [
        AuditedTable.OfJson("events", Topic, evolves: true),
        AuditedTable.OfValues("copies", Topic, id => !Load.IsTombstone(id), lettersInTable: false),
        AuditedTable.OfValues("strict", Topic, id => !Load.IsLong(id), lettersInTable: true),
    ];
}
