using System.Collections;
using System.Text;

namespace K2I.Cli;

/// <summary>What surrounds the process: its streams, environment, and whether a person watches. Tests supply their own.</summary>
internal sealed class Terminal : IDisposable
{
    private const int StandardOutput = 1;
    private const string Indent = "  ";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Standard output as bytes, unlike <see cref="Out"/> at once, and with an error where nobody reads any more.</summary>
    public required Stream OutBytes { get; init; }

    /// <summary>Standard error as bytes, for the log.</summary>
    public required Stream ErrorBytes { get; init; }

    public required Stream In { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>A person can answer questions.</summary>
    public bool Interactive { get; init; }

    /// <summary>Columns of the terminal that standard output goes to; null where it goes elsewhere, and lines may be of any length.</summary>
    public int? Width { get; init; }

    /// <summary>Standard error is a terminal that shows colours.</summary>
    public bool ErrorHasColour { get; init; }

    public static Terminal OfProcess()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables()) environment[(string)entry.Key] = (string)entry.Value!;
        var error = Console.OpenStandardError();
        return new Terminal
        {
            // Console.Out would load the terminal's description first; a plain writer costs nothing at start.
            Out = new StreamWriter(Console.OpenStandardOutput(), Utf8) { AutoFlush = false },
            OutBytes = new OutputStream(),
            Error = new StreamWriter(error, Utf8) { AutoFlush = true },
            ErrorBytes = error,
            In = Console.OpenStandardInput(),
            Environment = environment,
            Interactive = !Console.IsInputRedirected && !Console.IsOutputRedirected,
            Width = Console.IsOutputRedirected ? null : Posix.TerminalWidth(StandardOutput),
            // By no-color.org an empty NO_COLOR says nothing.
            ErrorHasColour = !Console.IsErrorRedirected && environment.GetValueOrDefault("NO_COLOR") is not { Length: > 0 } && environment.GetValueOrDefault("TERM") is not (null or "dumb"),
        };
    }

    /// <summary>True once nobody reads standard output any more.</summary>
    public bool IsOutputGone { get; private set; }

    /// <summary>Writes to standard output, past <see cref="Out"/>. Throws IOException where nobody reads any more.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            OutBytes.Write(bytes);
        }
        catch (IOException)
        {
            IsOutputGone = true;
            throw;
        }
    }

    /// <summary>A text for people, broken into lines where a terminal is narrower; those after the first are indented.</summary>
    public void Say(string text)
    {
        var prefix = "";
        foreach (var line in TextFit.Wrap(TextFit.Clean(text), Width is { } width ? Math.Max(1, width - Indent.Length) : int.MaxValue))
        {
            Out.WriteLine(prefix + line);
            prefix = Indent;
        }
    }

    public void Dispose()
    {
        Out.Flush();
        Error.Flush();
    }
}
