using System.Text;
using System.Text.Unicode;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Strings that must be UTF-8 although nobody upstream checked.</summary>
internal static class Utf8Text
{
    /// <summary>Bytes of a byte order mark.</summary>
    internal const int MarkBytes = 3;

    private static readonly byte[] Replacement = [0xEF, 0xBF, 0xBD];

    /// <summary>True where the text begins with a byte order mark.</summary>
    internal static bool HasMark(ReadOnlySpan<byte> text) => text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]);

    /// <summary>Appends the text, each malformed part replaced by U+FFFD.</summary>
    internal static void Append(ColumnBuilder column, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text)) column.AppendBytes(text);
        else AppendRepaired(column, text);
    }

    /// <summary>The first byte that does not belong to valid UTF-8; the length where all is valid.</summary>
    internal static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out _, out var taken) == System.Buffers.OperationStatus.Done) at += taken;
        return at;
    }

    private static void AppendRepaired(ColumnBuilder column, ReadOnlySpan<byte> text)
    {
        var target = column.BeginBytes((int)Math.Min(text.Length * 3L, int.MaxValue));
        if (target.IsEmpty) return;
        var written = 0;
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(text, out _, out var taken);
            var part = status == System.Buffers.OperationStatus.Done ? text[..taken] : Replacement;
            part.CopyTo(target[written..]);
            written += part.Length;
            text = text[taken..];
        }
        column.EndBytes(written);
    }
}
