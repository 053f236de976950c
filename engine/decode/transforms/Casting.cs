using System.Text;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Casts values as the rules for JSON say: each is written as JSON, and read into its column. So a cast means the same in all formats.
/// </summary>
internal sealed class Casting
{
    /// <summary>Bytes of the longest escape.</summary>
    private const int EscapeBytes = 6;

    private readonly RowCast[] casts;

    /// <summary><c>"name":</c>, with what goes before it.</summary>
    private readonly byte[][] names;
    private readonly ColumnBuilder[] from, into;
    private readonly JsonDecoder decoder;
    private readonly RowFront front;
    private byte[] text = new byte[1024];
    private int length;

    internal Casting(List<RowCast> casts)
    {
        this.casts = [.. casts];
        (from, into) = (new ColumnBuilder[casts.Count], new ColumnBuilder[casts.Count]);
        names = [.. casts.Select((_, i) => Encoding.UTF8.GetBytes($",\"{i}\":"))];
        // Errors name the column; records do not come here, so names are numbers.
        var schema = new Schema(0, new StructType([.. casts.Select((c, i) => c.Column with { Name = $"{i}" })]));
        decoder = new(schema, new() { MetadataColumn = null });
        front = new(schema, [.. casts.Select(c => FrontColumn.At(c.Place))]);
    }

    internal DecodeError Error { get; private set; }

    /// <summary>Goes on with another batch.</summary>
    internal void Bind(BatchBuilder shape, BatchBuilder batch)
    {
        for (var i = 0; i < casts.Length; i++)
            (from[i], into[i]) = (RowChange.At(shape, casts[i].Names), RowFront.At(batch, casts[i].Place));
    }

    internal DecodeStatus Apply(BatchBuilder row)
    {
        (text[0], length) = ((byte)'{', 1);
        for (var i = 0; i < casts.Length; i++)
        {
            // A struct that is null has made the column null with it.
            if (into[i].Count > row.Rows || !from[i].HasOne || from[i].IsNull) continue;
            Raw(length == 1 ? names[i].AsSpan(1) : names[i]);
            Write(from[i], into[i].Field.Type.Kind);
        }
        Raw("}"u8);
        var status = decoder.Decode(new RecordInput(text.AsSpan(0, length)), front.Of(row));
        if (status != DecodeStatus.Ok) Error = ErrorOf(status);
        return status;
    }

    /// <summary>With the column's own name, and what it was cast from.</summary>
    private DecodeError ErrorOf(DecodeStatus status)
    {
        var i = decoder.Error.Field is { } field ? Array.FindIndex(casts, c => c.Column.Id == field.Id) : 0;
        return new(status, 0, casts[i].Node, hint: $"it is cast from {casts[i].Field.Type}");
    }

    private void Write(ColumnBuilder value, TypeKind into)
    {
        Span<byte> room = stackalloc byte[ValueText.MostBytes];
        var one = value.One;
        switch (value.Field.Type.Kind)
        {
            case TypeKind.String when into == TypeKind.Boolean && (one.SequenceEqual("true"u8) || one.SequenceEqual("false"u8)):
                Raw(one);
                break;
            case TypeKind.String:
                Quoted(one);
                break;
            case TypeKind.Binary or TypeKind.Fixed:
                Base64(one);
                break;
            case TypeKind.Boolean or TypeKind.Int or TypeKind.Long or TypeKind.Decimal:
            case TypeKind.Float or TypeKind.Double when ValueText.IsFinite(value):
                Raw(ValueText.Of(value, room));
                break;
            default:
                Quoted(ValueText.Of(value, room));
                break;
        }
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        MakeRoom(bytes.Length);
        bytes.CopyTo(text.AsSpan(length));
        length += bytes.Length;
    }

    private void Quoted(ReadOnlySpan<byte> value)
    {
        MakeRoom(checked((value.Length * EscapeBytes) + 2));
        text[length++] = (byte)'"';
        foreach (var c in value)
        {
            if (c >= ' ' && c is not ((byte)'"' or (byte)'\\'))
            {
                text[length++] = c;
                continue;
            }
            "\\u00"u8.CopyTo(text.AsSpan(length));
            text[length + 4] = "0123456789abcdef"u8[c >> 4];
            text[length + 5] = "0123456789abcdef"u8[c & 15];
            length += EscapeBytes;
        }
        text[length++] = (byte)'"';
    }

    private void Base64(ReadOnlySpan<byte> value)
    {
        MakeRoom(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(value.Length) + 2);
        text[length++] = (byte)'"';
        System.Buffers.Text.Base64.EncodeToUtf8(value, text.AsSpan(length), out _, out var written);
        length += written;
        text[length++] = (byte)'"';
    }

    private void MakeRoom(int bytes)
    {
        if (text.Length - length < bytes) Array.Resize(ref text, checked(Math.Max(text.Length * 2, length + bytes)));
    }
}
