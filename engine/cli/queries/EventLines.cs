using System.Buffers;
using System.Text;

namespace K2I.Cli.Queries;

/// <summary>Takes server-sent events apart: rows go on, an object a line; what was missed is said. Source: HTML, 9.2.</summary>
internal sealed class EventLines(Terminal terminal, Sink sink)
{
    private readonly ArrayBufferWriter<byte> line = new(1024);
    private readonly ArrayBufferWriter<byte> rows = new(64 << 10);
    private bool isMissed;

    /// <summary>How far the rows reach that came; null before the process has said.</summary>
    public string? LastId { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            line.Write(bytes[..end]);
            Take(line.WrittenSpan);
            line.ResetWrittenCount();
            bytes = bytes[(end + 1)..];
        }
        line.Write(bytes);
        sink(rows.WrittenSpan);
        rows.ResetWrittenCount();
    }

    private void Take(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) isMissed = false;
        else if (text.StartsWith("event: "u8)) isMissed = text[7..].SequenceEqual("missed"u8);
        else if (text.StartsWith("id: "u8)) LastId = Encoding.UTF8.GetString(text[4..]);
        else if (text.StartsWith("data: "u8) && isMissed)
            terminal.Error.WriteLine($"k2i: rows were gone before they could be read: {TextFit.Clean(Encoding.UTF8.GetString(text[6..]))}");
        else if (text.StartsWith("data: "u8))
        {
            rows.Write(text[6..]);
            rows.Write("\n"u8);
        }
    }
}
