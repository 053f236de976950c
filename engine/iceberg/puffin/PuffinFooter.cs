using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;

namespace K2I.Iceberg;

/// <summary>The end of a Puffin file: <c>PFA1, JSON, its length (int32), 4 bytes of flags, PFA1</c>. Flag bit 0: the JSON is an LZ4 frame. Source: Puffin spec, "Footer structure".</summary>
internal static class PuffinFooter
{
    /// <summary>What follows the JSON.</summary>
    public const int TailBytes = 12;

    private const int MaxPlainBytes = 64 << 20;

    public static ReadOnlySpan<byte> Magic => "PFA1"u8;

    public static byte[] Write(IReadOnlyList<PuffinBlob> blobs, IEnumerable<KeyValuePair<string, string>> properties)
    {
        var json = Json.Write(j =>
        {
            j.WriteStartObject();
            Json.WriteArray(j, "blobs", blobs, Write);
            Json.WriteStrings(j, "properties", properties);
            j.WriteEndObject();
        });
        var footer = new byte[Magic.Length + json.Length + TailBytes];
        Magic.CopyTo(footer);
        json.CopyTo(footer.AsSpan(Magic.Length));
        BinaryPrimitives.WriteInt32LittleEndian(footer.AsSpan(Magic.Length + json.Length), json.Length);
        Magic.CopyTo(footer.AsSpan(footer.Length - Magic.Length));
        return footer;
    }

    /// <summary>How long the JSON is, by the file's last bytes.</summary>
    public static int JsonBytes(ReadOnlySpan<byte> tail, long fileBytes, string what)
    {
        if (!tail[^Magic.Length..].SequenceEqual(Magic)) throw Json.Bad(what, "it is no Puffin file");
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        return length >= 0 && length <= MaxPlainBytes && length <= fileBytes - TailBytes - (2 * Magic.Length) ? length : throw Json.Bad(what, $"a footer of {length} bytes");
    }

    /// <param name="footer">From the magic before the JSON to the end of the file.</param>
    /// <param name="fileBytes">The file's length.</param>
    /// <param name="what">For errors.</param>
    public static (ImmutableArray<PuffinBlob> Blobs, ImmutableSortedDictionary<string, string> Properties) Read(byte[] footer, long fileBytes, string what)
    {
        if (!footer.AsSpan().StartsWith(Magic)) throw Json.Bad(what, "its footer does not begin where it should");
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(footer.AsSpan(footer.Length - 8));
        if ((flags & ~1u) != 0) throw Json.Bad(what, "its footer has flags that are not known");
        ReadOnlyMemory<byte> json = footer.AsMemory(Magic.Length..^TailBytes);
        if ((flags & 1) != 0) json = Unpack.Lz4(json.Span, MaxPlainBytes, what);
        var end = fileBytes - footer.Length;
        return Json.Parse(json, what, root =>
        {
            Json.NeedObject(root, what);
            return (Json.Array(root, "blobs", what, b => Blob(b, end, what)), Json.OptStrings(root, "properties", what));
        });
    }

    private static void Write(Utf8JsonWriter json, PuffinBlob blob)
    {
        json.WriteStartObject();
        json.WriteString("type", blob.Type);
        Json.WriteArray(json, "fields", blob.Fields, (j, id) => j.WriteNumberValue(id));
        json.WriteNumber("snapshot-id", blob.SnapshotId?.Value ?? Json.NoSnapshot);
        json.WriteNumber("sequence-number", blob.SequenceNumber);
        json.WriteNumber("offset", blob.Offset);
        json.WriteNumber("length", blob.Length);
        if (blob.Codec is not null) json.WriteString("compression-codec", blob.Codec);
        if (!blob.Properties.IsEmpty) Json.WriteStrings(json, "properties", blob.Properties);
        json.WriteEndObject();
    }

    private static PuffinBlob Blob(JsonElement json, long end, string what)
    {
        Json.NeedObject(json, what);
        var blob = new PuffinBlob(
            Json.String(json, "type", what), Json.Array(json, "fields", what, f => Json.AsInt(f, "fields", what)),
            Json.SnapshotIdOf(Json.Long(json, "snapshot-id", what)), Json.Long(json, "sequence-number", what), Json.Long(json, "offset", what), Json.Long(json, "length", what))
        {
            Codec = Json.OptString(json, "compression-codec", what),
            Properties = Json.OptStrings(json, "properties", what),
        };
        return blob.Offset >= Magic.Length && blob.Length >= 0 && blob.Offset <= end && blob.Length <= end - blob.Offset
            ? blob : throw Json.Bad(what, $"a blob from {blob.Offset}, {blob.Length} bytes long, is not in the file");
    }
}
