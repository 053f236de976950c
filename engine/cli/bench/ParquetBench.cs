using K2I.Base;
using K2I.Cli.Demo;
using K2I.Columns;
using K2I.Decode;
using K2I.Memory;
using K2I.Parquet;
using K2I.Pipeline;

namespace K2I.Cli.Bench;

/// <summary>Parquet alone, encoded by one thread or a few: the demo's events, nine columns of them in memory, encoded into one file, and that file decoded.</summary>
internal sealed class ParquetBench(ParquetBenchOptions options, TextWriter output)
{
    private const ulong Seed = 42;
    private const long StartUnixMs = 1_764_547_200_000;
    private const int BatchRows = 65_536;

    private readonly List<ParquetBenchRow> rows = [];
    private readonly MemoryFile file = new();

    internal void Run()
    {
        var builders = MakeRows();
        try
        {
            using var buffers = new ParquetBuffers();
            var team = new EncodeTeam(options.Threads - 1, users: 1, SystemClock.Instance);
            var helpers = Enumerable.Range(1, options.Threads - 1).Select(i => new Thread(team.Help) { Name = $"encode {i}", IsBackground = true }).ToList();
            helpers.ForEach(h => h.Start());
            for (var round = 1; round <= options.Rounds; round++)
            {
                Measure("encode", round, () => Encode(builders, buffers, team));
                if (options.Read is not null && file.Length > 0) file.Load(options.Read);
                Measure("decode", round, () => Decode(buffers));
            }
            team.Leave();
            helpers.ForEach(h => h.Join());
        }
        finally
        {
            foreach (var builder in builders) builder.Dispose();
        }
        if (options.File is not null) file.Save(options.File);
        if (options.Json) ParquetBenchRow.PrintJson(rows, output);
        else ParquetBenchRow.PrintTable(rows, output);
    }

    private List<BatchBuilder> MakeRows()
    {
        var schema = FieldIds.NewSchema(ColumnText.Parse(EventGenerator.Columns));
        var decoder = new JsonDecoder(schema);
        var events = new EventGenerator(Seed, StartUnixMs);
        var builders = new List<BatchBuilder>();
        for (long number = 0; number < options.Rows; number++)
        {
            if (number % BatchRows == 0) builders.Add(new(schema, MemoryTag.Scratch, 64 << 20));
            events.Make(number);
            Check.That(decoder.Decode(new RecordInput(events.Value), builders[^1]) == DecodeStatus.Ok && builders[^1].EndRow());
        }
        return builders;
    }

    private void Measure(string what, int round, Action work)
    {
        GC.Collect();
        var before = Usage.Now();
        work();
        var after = Usage.Now();
        rows.Add(new(
            what, round, options.Rows / after.Seconds(before), after.CpuSeconds(before) / options.Rows * 1e9,
            (after.AllocatedBytes - before.AllocatedBytes) / (double)options.Rows, file.Length / (double)options.Rows));
    }

    private void Encode(List<BatchBuilder> builders, ParquetBuffers buffers, EncodeTeam team)
    {
        file.Clear();
        using var writer = new ParquetWriter(builders[0].Schema, options.Layout, file, buffers, team);
        foreach (var builder in builders) writer.Write(builder.View(), 0, builder.Rows);
        writer.Finish();
    }

    private void Decode(ParquetBuffers buffers)
    {
        using var reader = new ParquetReader(file, null, buffers);
        long count = 0;
        while (reader.TryRead(out var batch)) count += batch.Rows;
        Check.That(count == options.Rows);
    }

    /// <summary>A file in memory: no disk in the figures. Its memory is kept from round to round.</summary>
    private sealed class MemoryFile : IByteSink, IByteSource
    {
        private byte[] bytes = new byte[64 << 20];

        public string Name => "memory";

        public long Length { get; private set; }

        public void Write(ReadOnlySpan<byte> source)
        {
            if (Length + source.Length > bytes.Length) Array.Resize(ref bytes, checked((int)Math.Max(bytes.Length * 2L, Length + source.Length)));
            source.CopyTo(bytes.AsSpan((int)Length));
            Length += source.Length;
        }

        public void Read(long offset, Span<byte> into) => bytes.AsSpan((int)offset, into.Length).CopyTo(into);

        internal void Clear() => Length = 0;

        internal void Load(string path)
        {
            Clear();
            Write(File.ReadAllBytes(path));
        }

        internal void Save(string path)
        {
            using var target = File.Create(path);
            target.Write(bytes.AsSpan(0, (int)Length));
        }
    }
}
