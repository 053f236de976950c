using System.Diagnostics;
using System.Globalization;
using Apache.Arrow;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace K2I.Bench;

/// <summary>
/// ParquetSharp (Arrow C++) writing and reading the rows of a file that <c>k2i bench parquet --file</c> left, on one thread: what the
/// engine's own writer and reader are compared with. Prints one line a round and way, in the columns of <c>k2i bench parquet</c>, and
/// leaves its file for that one to read.
/// </summary>
internal static class ParquetSharpFile
{
    private const int BatchRows = 65_536, ZstdLevel = 1;

    internal static int Run(string file, string target, int rounds, string codec)
    {
        var (schema, batches) = Read(file);
        long rows = batches.Sum(b => b.Length);
        for (var round = 1; round <= rounds; round++)
        {
            Measure("encode", round, rows, target, () => Write(target, schema, batches, codec));
            Measure("decode", round, rows, target, () =>
            {
                if (Read(target).Batches.Sum(b => b.Length) != rows) throw new InvalidDataException($"{target}: not {rows} rows");
            });
        }
        return 0;
    }

    private static void Write(string target, Apache.Arrow.Schema schema, List<RecordBatch> batches, string codec)
    {
        using var layout = new WriterPropertiesBuilder();
        layout.Compression(Enum.Parse<Compression>(codec, ignoreCase: true));
        if (codec == "zstd") layout.CompressionLevel(ZstdLevel);
        using var properties = layout.Build();
        using var writer = new FileWriter(target, schema, properties);
        foreach (var batch in batches) writer.WriteBufferedRecordBatch(batch);
        writer.Close();
    }

    private static (Apache.Arrow.Schema Schema, List<RecordBatch> Batches) Read(string file)
    {
        using var options = ArrowReaderProperties.GetDefault();
        options.UseThreads = false;
        options.BatchSize = BatchRows;
        using var reader = new FileReader(file, null, options);
        using var rows = reader.GetRecordBatchReader();
        var batches = new List<RecordBatch>();
        while (rows.ReadNextRecordBatchAsync().AsTask().Result is { } batch) batches.Add(batch);
        return (rows.Schema, batches);
    }

    private static void Measure(string what, int round, long rows, string target, Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var allocated = GC.GetTotalAllocatedBytes();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        work();
        var seconds = clock.Elapsed.TotalSeconds;
        var nanos = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalNanoseconds / rows;
        var garbage = (GC.GetTotalAllocatedBytes() - allocated) / (double)rows;
        var size = new FileInfo(target).Length / (double)rows;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{round,5}  {what,-8} {rows / seconds,11:N0} {nanos,11:F1} {garbage,12:F3} {size,8:F2}"));
    }
}
