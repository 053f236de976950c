using System.Buffers;
using System.Globalization;
using System.Text;
using K2I.Base;
using K2I.Cli.Config;

namespace K2I.Cli.Logging;

/// <summary>A log line for people: time, level, message, <c>name=value</c> fields. Control characters from outside are escaped: no one forges lines or colours.</summary>
internal readonly ref struct TextLine(ArrayBufferWriter<byte> buffer, Redactor redactor, LineFormat format)
{
    public void Write(long unixMs, LogLevel level, string message, ReadOnlySpan<LogField> fields)
    {
        switch (format)
        {
            case LineFormat.Journal:
                buffer.Write(level switch { LogLevel.Debug => "<7>"u8, LogLevel.Info => "<6>"u8, LogLevel.Warn => "<4>"u8, _ => "<3>"u8 });
                break;
            case LineFormat.Colour:
                buffer.Write("\u001b[2m"u8);
                Time(unixMs, "HH:mm:ss.fff");
                buffer.Write("\u001b[0m "u8);
                buffer.Write(level switch { LogLevel.Debug => "\u001b[2mDEBUG\u001b[0m "u8, LogLevel.Info => "\u001b[32mINFO\u001b[0m  "u8, LogLevel.Warn => "\u001b[33mWARN\u001b[0m  "u8, _ => "\u001b[31mERROR\u001b[0m "u8 });
                break;
            default:
                Time(unixMs, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
                buffer.Write(level switch { LogLevel.Debug => " DEBUG "u8, LogLevel.Info => " INFO  "u8, LogLevel.Warn => " WARN  "u8, _ => " ERROR "u8 });
                break;
        }
        Text(redactor.Scrub(message), quoted: false);
        var first = true;
        foreach (var (name, value) in fields)
        {
            buffer.Write(first ? "  "u8 : " "u8);
            first = false;
            if (format == LineFormat.Colour) buffer.Write("\u001b[2m"u8);
            Raw(name);
            buffer.Write("="u8);
            if (format == LineFormat.Colour) buffer.Write("\u001b[0m"u8);
            Value(value);
        }
        buffer.Write("\n"u8);
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null: buffer.Write("-"u8); break;
            case long number: Number(number); break;
            case int number: Number(number); break;
            case bool flag: buffer.Write(flag ? "true"u8 : "false"u8); break;
            case string text: Quotable(text); break;
            case IFormattable other: Quotable(other.ToString(null, CultureInfo.InvariantCulture)); break;
            default: Quotable(value.ToString() ?? ""); break;
        }
    }

    private void Quotable(string raw)
    {
        var text = redactor.Scrub(raw);
        var quoted = text.Length == 0;
        foreach (var c in text) quoted |= c <= ' ' || c is '"' or '=' || char.IsControl(c);
        if (quoted) buffer.Write("\""u8);
        Text(text, quoted);
        if (quoted) buffer.Write("\""u8);
    }

    private void Text(ReadOnlySpan<char> text, bool quoted)
    {
        var done = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (!char.IsControl(c) && c is not ('\u2028' or '\u2029') && !(quoted && c is '"' or '\\')) continue;
            Raw(text[done..i]);
            done = i + 1;
            switch (c)
            {
                case '\n': buffer.Write("\\n"u8); break;
                case '\t': buffer.Write("\\t"u8); break;
                case '"': buffer.Write("\\\""u8); break;
                case '\\': buffer.Write("\\\\"u8); break;
                default: Raw(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")); break;
            }
        }
        Raw(text[done..]);
    }

    private void Number(long number)
    {
        var span = buffer.GetSpan(24);
        number.TryFormat(span, out var written, default, CultureInfo.InvariantCulture);
        buffer.Advance(written);
    }

    private void Time(long unixMs, string pattern)
    {
        var span = buffer.GetSpan(32);
        DateTimeOffset.FromUnixTimeMilliseconds(unixMs).TryFormat(span, out var written, pattern, CultureInfo.InvariantCulture);
        buffer.Advance(written);
    }

    private void Raw(ReadOnlySpan<char> text)
    {
        var span = buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        buffer.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
