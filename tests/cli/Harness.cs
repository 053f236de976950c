using System.Text;
using K2I.Cli.Config;

namespace K2I.Cli.Tests;

/// <summary>Runs commands in process, with a folder, an environment and streams of their own.</summary>
internal sealed class Harness : IDisposable
{
    public const string Minimal = "[kafka]\nbrokers = localhost:9092\n[iceberg]\nwarehouse = ./warehouse\n[table.events]\ntopics = events\n";

    public string Folder { get; } = Directory.CreateTempSubdirectory("k2i-cli-").FullName;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string Input { get; set; } = "";

    public bool Interactive { get; set; }

    /// <summary>Of the terminal that output goes to; null for a pipe.</summary>
    public int? Width { get; set; }

    public string File(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public (ExitCode Code, string Out, string Error) Run(params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        using var outBytes = new MemoryStream();
        using var errorBytes = new MemoryStream();
        using var terminal = Terminal(output, error, errorBytes, outBytes);
        var code = Cli.Run(args, terminal);
        return (code, output + Encoding.UTF8.GetString(outBytes.ToArray()), error + Encoding.UTF8.GetString(errorBytes.ToArray()));
    }

    public Terminal Terminal(TextWriter output, TextWriter error, Stream errorBytes, Stream? outBytes = null) => new()
    {
        Out = output,
        OutBytes = outBytes ?? Stream.Null,
        Error = error,
        ErrorBytes = errorBytes,
        In = new MemoryStream(Encoding.UTF8.GetBytes(Input)),
        Environment = Environment,
        Interactive = Interactive,
        Width = Width,
    };

    /// <summary>Loads a configuration whose file is called k2i.ini in messages.</summary>
    public LoadedConfig Load(string text, params string[] sets)
    {
        var path = File("k2i.ini", text);
        var loaded = LoadedConfig.Load(new ConfigSources(path, sets, Environment));
        return loaded with { Problems = [.. loaded.Problems.Select(p => p with { Place = p.Place with { Source = p.Place.Source == path ? "k2i.ini" : p.Place.Source }, Message = p.Message.Replace(path, "k2i.ini", StringComparison.Ordinal) })] };
    }

    public string[] Problems(string text, params string[] sets) => [.. Load(text, sets).Problems.Select(p => p.ToString())];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
