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
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Utf8JsonWriter _json;
    private readonly LogLevel _level;
    private readonly LineFormat _format;
    private readonly ILogSink _sink;
    private readonly Redactor _redactor;
    private readonly IClock _clock;

    public LogWriter(LogLevel level, LineFormat format, ILogSink sink, Redactor redactor, IClock clock)
    {
        _level = level;
        _format = format;
        _sink = sink;
        _redactor = redactor;
        _clock = clock;
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
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

    public bool IsOn(LogLevel level) => level >= _level;

    public void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields)
    {
        if (!IsOn(level)) return;
        lock (_lock)
        {
            _buffer.ResetWrittenCount();
            if (_format == LineFormat.Json) JsonLine.Write(_json, _buffer, _clock.UnixMs, level, message, fields, _redactor);
            else new TextLine(_buffer, _redactor, _format).Write(_clock.UnixMs, level, message, fields);
            _sink.Write(_buffer.WrittenSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _json.Dispose();
            _sink.Dispose();
        }
    }
}
