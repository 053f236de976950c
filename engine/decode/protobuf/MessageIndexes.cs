namespace K2I.Decode.Protobuf;

/// <summary>
/// Which message of its schema a record is, as Confluent's frame has it after the id: how many numbers follow, then the place of a message
/// in the file, of one in that, and so on, all as zig-zag varints; one zero alone is the file's first. Source: Confluent's documentation of
/// schema formats, "Wire format".
/// </summary>
internal static class MessageIndexes
{
    private const int MaxDepth = 100;

    /// <summary>The message, and where the payload begins; null where the bytes name none.</summary>
    internal static ProtoMessage? Read(ReadOnlySpan<byte> bytes, ProtoSchema schema, out int end)
    {
        var reader = new WireReader(bytes);
        ProtoMessage? found = null;
        end = 0;
        if (!reader.ReadScalar(ProtoKind.SInt64, out var count) || count > MaxDepth) return null;
        var among = schema.Top;
        for (var i = 0; i < Math.Max(1, (int)count); i++)
        {
            ulong index = 0;
            if (count > 0 && !reader.ReadScalar(ProtoKind.SInt64, out index)) return null;
            if (index >= (ulong)among.Length) return null;
            found = among[(int)index];
            among = found.Nested;
        }
        end = reader.At;
        return found;
    }
}
