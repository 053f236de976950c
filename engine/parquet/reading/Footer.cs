using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using K2I.Base;

namespace K2I.Parquet;

/// <summary>The end of a file: its columns, and where each row group is described. Row groups are looked into one at a time, so a large footer costs its bytes only.</summary>
/// <remarks>Source: parquet.thrift, FileMetaData and RowGroup.</remarks>
internal sealed class Footer
{
    private const int TailBytes = 8, FirstReadBytes = 64 << 10, MaxSchemaNodes = 100_000;

    private readonly byte[] bytes;

    private Footer(byte[] bytes) => this.bytes = bytes;

    internal FileField[] Fields { get; private set; } = [];

    internal FileLeaf[] Leaves { get; private set; } = [];

    internal bool HasFieldIds { get; private set; }

    /// <summary>Of all row groups: some writers get the footer's own count wrong.</summary>
    internal long Rows { get; private set; }

    internal ImmutableArray<RowGroupPlace> RowGroups { get; private set; } = [];

    internal IReadOnlyDictionary<string, string> Metadata { get; private set; } = ImmutableDictionary<string, string>.Empty;

    internal string CreatedBy { get; private set; } = "";

    /// <summary>Where the footer begins: pages end before.</summary>
    internal long At { get; private set; }

    internal static Footer Read(IByteSource source, int maxBytes)
    {
        Damage.Unless(source.Length >= TailBytes + 4, "it is too short for a Parquet file");
        var tail = new byte[(int)Math.Min(source.Length, FirstReadBytes)];
        source.Read(source.Length - tail.Length, tail);
        var magic = tail.AsSpan(tail.Length - 4);
        if (magic.SequenceEqual("PARE"u8)) throw new EngineException(ErrorKind.Unsupported, "its footer is encrypted");
        Damage.Unless(magic.SequenceEqual("PAR1"u8), "it does not end as a Parquet file does");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(tail.Length - TailBytes));
        Damage.Unless(length > 0 && length <= source.Length - TailBytes - 4, "its footer does not fit into it");
        if (length > maxBytes) throw new EngineException(ErrorKind.Unsupported, $"its footer of {Units.FormatBytes(length)} is larger than {Units.FormatBytes(maxBytes)}");
        var at = source.Length - TailBytes - length;
        byte[] bytes;
        if (length <= tail.Length - TailBytes) bytes = tail.AsSpan(tail.Length - TailBytes - (int)length, (int)length).ToArray();
        else source.Read(at, bytes = new byte[length]);
        var footer = new Footer(bytes) { At = at };
        footer.Parse();
        return footer;
    }

    /// <summary>FileMetaData as it is stored.</summary>
    internal ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>Some of its bytes.</summary>
    internal ReadOnlySpan<byte> Part(int at, int length) => bytes.AsSpan(at, length);

    /// <summary>The column chunks of a row group, one per column of the file.</summary>
    internal ChunkInfo[] Chunks(int rowGroup)
    {
        var thrift = new ThriftReader(bytes.AsSpan(RowGroups[rowGroup].At));
        var chunks = new ChunkInfo[Leaves.Length];
        var found = 0;
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            if (id != 1)
            {
                thrift.Skip(type);
                continue;
            }
            found = thrift.BeginList(type, out _);
            Damage.Unless(found == chunks.Length || thrift.Failed, "it does not have all the columns");
            for (var i = 0; i < chunks.Length && !thrift.Failed; i++) chunks[i] = ChunkInfo.Read(ref thrift, RowGroups[rowGroup].At);
        }
        Damage.Unless(!thrift.Failed && found == chunks.Length, "its description is cut short or malformed");
        for (var i = 0; i < chunks.Length; i++) Check(chunks[i], Leaves[i], RowGroups[rowGroup].Rows);
        return chunks;
    }

    private void Check(ChunkInfo chunk, FileLeaf leaf, long rows)
    {
        if (chunk.Type != leaf.Stored) throw new Damage($"column {leaf.Path} is not of the type that the schema says");
        var fits = leaf.MaxRepetition == 0 ? chunk.Values == rows : chunk.Values >= rows;
        if (!fits) throw new Damage($"column {leaf.Path} has {chunk.Values} values for {rows} rows");
        if (rows == 0) return;
        if (chunk.Start < 4 || chunk.Start >= At || chunk.Bytes <= 0 || chunk.Bytes > At - chunk.Start) throw new Damage($"column {leaf.Path} lies outside of the file");
    }

    private void Parse()
    {
        var thrift = new ThriftReader(bytes);
        var elements = Array.Empty<SchemaElement>();
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            switch (id)
            {
                case 2:
                    elements = ReadSchema(ref thrift, type);
                    break;
                case 4:
                    RowGroups = ReadRowGroups(ref thrift, type);
                    break;
                case 5:
                    Metadata = ReadMetadata(ref thrift, type);
                    break;
                case 6:
                    CreatedBy = Encoding.UTF8.GetString(thrift.Bytes(type));
                    break;
                case 8:
                    throw new EngineException(ErrorKind.Unsupported, "it is encrypted");
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        Damage.Unless(!thrift.Failed, "its footer is cut short or malformed");
        (Fields, Leaves) = FileTree.Build(elements);
        HasFieldIds = elements.Any(e => e.HasFieldId);
        foreach (var group in RowGroups)
        {
            Damage.Unless(group.Rows <= long.MaxValue - Rows, "its row groups have an impossible number of rows");
            Rows += group.Rows;
        }
    }

    private static SchemaElement[] ReadSchema(ref ThriftReader thrift, byte type)
    {
        var count = thrift.BeginList(type, out _);
        if (count > MaxSchemaNodes) throw new EngineException(ErrorKind.Unsupported, $"its schema has {count} nodes");
        var elements = new SchemaElement[count];
        for (var i = 0; i < count; i++) elements[i] = SchemaElement.Read(ref thrift);
        return elements;
    }

    private static ImmutableArray<RowGroupPlace> ReadRowGroups(ref ThriftReader thrift, byte listType)
    {
        var count = thrift.BeginList(listType, out _);
        var groups = ImmutableArray.CreateBuilder<RowGroupPlace>();
        for (; count > 0 && !thrift.Failed; count--)
        {
            var at = thrift.Position;
            long rows = -1;
            var id = 0;
            while (thrift.Field(ref id, out var type))
            {
                if (id == 3) rows = thrift.Int(type);
                else thrift.Skip(type);
            }
            Damage.Unless(rows is >= 0 and < 1L << 48 || thrift.Failed, "a row group has an impossible number of rows");
            groups.Add(new(at, rows));
        }
        return groups.ToImmutable();
    }

    private static Dictionary<string, string> ReadMetadata(ref ThriftReader thrift, byte listType)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var count = thrift.BeginList(listType, out _);
        for (; count > 0 && !thrift.Failed; count--)
        {
            string key = "", value = "";
            var id = 0;
            while (thrift.Field(ref id, out var type))
            {
                if (id == 1) key = Encoding.UTF8.GetString(thrift.Bytes(type));
                else if (id == 2) value = Encoding.UTF8.GetString(thrift.Bytes(type));
                else thrift.Skip(type);
            }
            metadata[key] = value;
        }
        return metadata;
    }
}
