using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using K2I.Columns;
using K2I.Decode.Protobuf;

namespace K2I.Decode.Tests;

/// <summary>What Google's library reads is what the table gets: random schemas, as text and as descriptors, and random records.</summary>
public class ProtobufDifferential
{
    private const int Seed = 1, Schemas = 40, Records = 50;

    [PythonFact]
    public void RecordsDecodeAsGooglesLibraryReadsThem()
    {
        var output =
            Tool.Output(PythonFactAttribute.Program,
            [Path.Join(AppContext.BaseDirectory, "protobuf_cases.py"), $"{Seed}", $"{Schemas}", $"{Records}"]);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Schemas, lines.Length);
        foreach (var line in lines)
        {
            using var json = JsonDocument.Parse(line);
            var schema = json.RootElement;
            var options = new PlanOptions { MetadataColumn = null, Message = schema.GetProperty("message").GetString() };
            foreach (var writer in (WriterSchema[])[
                ProtobufCompiler.SchemaOf("t.proto", Encoding.UTF8.GetBytes(schema.GetProperty("text").GetString()!)),
                ProtobufCompiler.SchemaOf("t.desc", schema.GetProperty("set").GetBytesFromBase64())])
            {
                using var rows = new ProtobufRows(writer, options);
                foreach (var record in schema.GetProperty("records").EnumerateArray()) Compare(rows, record, schema);
            }
        }
    }

    private static void Compare(ProtobufRows rows, JsonElement record, JsonElement schema)
    {
        var bytes = record.GetProperty("bytes").GetBytesFromBase64();
        var text = schema.GetProperty("text");
        rows.Batch.Reset();
        var shown = rows.Add(bytes);
        Assert.True(rows.Batch.Rows == 1, $"{rows.Plan.Error}: {Convert.ToHexString(bytes)}\n{text}");
        var expected = record.GetProperty("row");
        var columns = rows.Batch.View().Columns;
        Assert.Equal(expected.GetArrayLength(), columns.Length);
        for (var i = 0; i < columns.Length; i++)
            Assert.True(IsSame(expected[i], columns[i], 0),
                $"{columns[i].Field.Name}: expected {expected[i]}\nfound {shown}\n{Convert.ToHexString(bytes)}\n{text}");
    }

    private static bool IsSame(JsonElement expected, ColumnView view, int at)
    {
        if (view.IsNull(at) || expected.ValueKind == JsonValueKind.Null) return view.IsNull(at) && expected.ValueKind == JsonValueKind.Null;
        switch (view.Field.Type.Kind)
        {
            case TypeKind.Boolean:
                return view.Bit(at) == expected.GetBoolean();
            case TypeKind.Float:
                return Hex(view.Value<uint>(at), 4) == expected.GetString();
            case TypeKind.Double:
                return Hex(view.Value<ulong>(at), 8) == expected.GetString();
            case TypeKind.String when expected.ValueKind == JsonValueKind.Object:
                using (JsonDocument wanted = JsonDocument.Parse(expected.GetProperty("json").GetString()!),
                    found = JsonDocument.Parse(view.Bytes(at).ToArray()))
                    return JsonElement.DeepEquals(wanted.RootElement, found.RootElement);
            case TypeKind.Struct:
                return expected.GetArrayLength() == view.Children.Count
                    && view.Children.Select((c, i) => IsSame(expected[i], c, at)).All(same => same);
            case TypeKind.List:
                var elements = Enumerable.Range(view.Offsets[at], view.Offsets[at + 1] - view.Offsets[at]).ToList();
                return elements.Count == expected.GetArrayLength()
                    && elements.Select((e, i) => IsSame(expected[i], view.Children[0], e)).All(same => same);
            case TypeKind.Map:
                var (keys, values) = (view.Children[0].Children[0], view.Children[0].Children[1]);
                var entries = Enumerable.Range(view.Offsets[at], view.Offsets[at + 1] - view.Offsets[at])
                    .OrderBy(e => keys.Field.Type.Kind == TypeKind.Boolean
                        ? (keys.Bit(e) ? "True" : "False") : Rows.Show(keys, e), StringComparer.Ordinal).ToList();
                return entries.Count == expected.GetArrayLength()
                    && entries.Select((e, i) => IsSame(expected[i][0], keys, e) && IsSame(expected[i][1], values, e)).All(same => same);
            default:
                return Rows.Show(view, at) == expected.GetString();
        }
    }

    private static string Hex(ulong bits, int bytes)
    {
        Span<byte> big = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(big, bits);
        return Convert.ToHexStringLower(big[(8 - bytes)..]);
    }
}
