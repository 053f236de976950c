using System.CommandLine;
using K2I.Base;
using K2I.Cli.Bench;
using K2I.Parquet;

namespace K2I.Cli.Commands;

/// <summary><c>k2i bench parquet</c>: columns in memory to a file and back.</summary>
internal static class ParquetBenchCommand
{
    public static Command Create(Terminal terminal)
    {
        var rows = new Option<long>("--rows") { Description = "Events in the file", DefaultValueFactory = _ => 1_000_000 };
        var rounds = new Option<int>("--rounds") { Description = "Turns of encoding and decoding", DefaultValueFactory = _ => 3 };
        var threads = new Option<int>("--threads") { Description = "Threads that encode the columns side by side", DefaultValueFactory = _ => 1 };
        var codec = new Option<string>("--codec") { Description = "zstd, snappy, gzip, lz4raw or uncompressed", DefaultValueFactory = _ => "zstd" };
        var level = new Option<int>("--level") { Description = "Level of zstd or gzip; 0: the default (zstd 1, gzip 6)" };
        var file = new Option<string?>("--file") { Description = "Where to leave the file for other programs", HelpName = "FILE" };
        var read = new Option<string?>("--read") { Description = "Decode this file, which must have as many rows, instead of the one encoded", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("parquet", "Parquet: rows encoded and decoded a second, bytes a row") { rows, rounds, threads, codec, level, file, read, json };
        command.SetAction(arguments =>
        {
            if (!Enum.TryParse<ParquetCodec>(arguments.GetValue(codec), ignoreCase: true, out var chosen))
                throw new EngineException(ErrorKind.Invalid, $"--codec {arguments.GetValue(codec)}: expected zstd, snappy, gzip, lz4raw or uncompressed");
            new ParquetBench(new()
            {
                Rows = Math.Max(1, arguments.GetValue(rows)),
                Rounds = Math.Max(1, arguments.GetValue(rounds)),
                Threads = Math.Clamp(arguments.GetValue(threads), 1, 64),
                File = arguments.GetValue(file),
                Read = arguments.GetValue(read),
                Layout = ParquetOptions.Default with { Codec = chosen, CompressionLevel = arguments.GetValue(level) },
                Json = arguments.GetValue(json),
            }, terminal.Out).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
