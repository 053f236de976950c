namespace K2I.EndToEnd.Tests;

/// <summary>What most tests do: a configuration of one table, records, a run, and the verdict of every judge.</summary>
internal static class Scenario
{
    /// <summary>A configuration with a fast flush. <paramref name="kafka"/> and <paramref name="table"/> are more lines of those sections.</summary>
    public static string Config(Workspace workspace, string brokers, string topics, string name = "events", string kafka = "", string table = "", string interval = "1s") => $"""
        [kafka]
        brokers = {brokers}
        {kafka}
        [iceberg]
        warehouse = {workspace.Warehouse}
        [flush]
        interval = {interval}
        [table.{name}]
        topics = {topics}
        columns = '{SampleEvents.Columns}'
        {table}
        """;

    /// <summary>Runs until all of these records are committed, then stops it.</summary>
    public static void RunUntilCommitted(Workspace workspace, string config, string table, IReadOnlyCollection<Produced> records)
    {
        using var ingest = Ingest.Start(workspace, config);
        ingest.WaitForOffsets(table, TotalOffsets(records));
        Assert.Equal(0, ingest.Stop());
    }

    /// <summary>The table holds exactly these records, by the word of every judge.</summary>
    /// <param name="table">The folder.</param>
    /// <param name="records">All that were produced.</param>
    /// <param name="wasKilled">While it may have been writing: files of no snapshot may lie beside, for the orphan job.</param>
    public static void Judge(string table, IReadOnlyCollection<Produced> records, bool wasKilled = false)
    {
        if (wasKilled) Judges.Check(table);
        else Judges.CheckWithOrphans(table);
        Judges.EveryOffsetOnce(table, Produced.Ranges(records), allowGaps: records.Any(r => r.Row is null));
        Comparison.AllReadersSee(table, SampleEvents.SchemaWithKafka, Produced.Rows(records), Produced.Identity);
    }

    /// <summary>The files below the table's data folder hold exactly these records, for a reader that knows nothing of Iceberg.</summary>
    public static void JudgeDataFiles(string table, IReadOnlyCollection<Produced> records) =>
        Comparison.ReaderSees(Reader.DuckDbFiles, table, SampleEvents.SchemaWithKafka, Produced.Rows(records), Produced.Identity);

    /// <summary>Next offsets of all partitions together, once these records are all there.</summary>
    public static long TotalOffsets(IEnumerable<Produced> records) => Produced.Ranges(records).Sum(r => r.To);
}
