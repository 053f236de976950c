using System.Buffers;
using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;

namespace K2I.Cli.Logging;

/// <summary>A log line as one JSON object: <c>time</c>, <c>level</c>, <c>message</c>, then the fields by name. Numbers and booleans stay what they are.</summary>
internal static class JsonLine
{
    public static void Write(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer, long unixMs, LogLevel level, string message, ReadOnlySpan<LogField> fields, Redactor redactor)
    {
        json.Reset(buffer);
        json.WriteStartObject();
        json.WriteString("time"u8, DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("level"u8, level switch { LogLevel.Debug => "debug"u8, LogLevel.Info => "info"u8, LogLevel.Warn => "warn"u8, _ => "error"u8 });
        json.WriteString("message"u8, redactor.Scrub(message));
        foreach (var (name, value) in fields)
        {
            switch (value)
            {
                case null: json.WriteNull(name); break;
                case long number: json.WriteNumber(name, number); break;
                case int number: json.WriteNumber(name, number); break;
                case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
                case bool flag: json.WriteBoolean(name, flag); break;
                case string text: json.WriteString(name, redactor.Scrub(text)); break;
                case IFormattable other: json.WriteString(name, redactor.Scrub(other.ToString(null, CultureInfo.InvariantCulture))); break;
                default: json.WriteString(name, redactor.Scrub(value.ToString() ?? "")); break;
            }
        }
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
    }
}
