using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;

namespace K2I.Cli.Logging;

/// <summary>The process's log: formats a line, takes secrets out, hands it to the sink whole. Safe from any thread; lines do not mix. Owner of its sink.</summary>
/// <remarks>Allocates nothing for lines of numbers and plain texts: the buffers are reused under the lock.</remarks>
internal sealed class LogWriter : ILog, IDisposable
{
    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> buffer = new(512);
    private readonly Utf8JsonWriter json;
    private volatile LogLevel level;
    private readonly LineFormat format;
    private readonly ILogSink sink;
    private readonly Redactor redactor;
    private readonly IClock clock;

    public LogWriter(LogLevel level, LineFormat format, ILogSink sink, Redactor redactor, IClock clock)
    {
        this.level = level;
        this.format = format;
        this.sink = sink;
        this.redactor = redactor;
        this.clock = clock;
        json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>The log that the options ask for.</summary>
    public static LogWriter Open(LogOptions options, Terminal terminal, Redactor redactor)
    {
        ILogSink sink = new StreamSink(terminal.ErrorBytes);
        if (options.File is not null) sink = new FileSink(options.File, options.FileBytes, options.FileCount, sink);
        var format = options.Json ? LineFormat.Json
            : options.File is not null ? LineFormat.Text
            : terminal.ErrorHasColour ? LineFormat.Colour
            : terminal.Environment.ContainsKey("JOURNAL_STREAM") ? LineFormat.Journal
            : LineFormat.Text;
        return new LogWriter(options.Level, format, sink, redactor, SystemClock.Instance);
    }

    /// <summary>The lowest that is written. Any thread.</summary>
    public LogLevel Level
    {
        get => level;
        set => level = value;
    }

    /// <summary>Takes these out of lines, too.</summary>
    public void AddSecrets(Redactor secrets) => redactor.AddAll(secrets);

    public bool IsOn(LogLevel level) => level >= this.level;

    public void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields)
    {
        if (!IsOn(level)) return;
        lock (gate)
        {
            buffer.ResetWrittenCount();
            if (format == LineFormat.Json) JsonLine.Write(json, buffer, clock.UnixMs, level, message, fields, redactor);
            else new TextLine(buffer, redactor, format).Write(clock.UnixMs, level, message, fields);
            sink.Write(buffer.WrittenSpan);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            json.Dispose();
            sink.Dispose();
        }
    }
}
