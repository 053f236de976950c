using System.Globalization;
using System.Text;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Decode.Tests;

/// <summary>Decodes texts and shows rows as text, so that tests can say what they expect in a line.</summary>
internal sealed class Rows : IDisposable
{
    internal Rows(Schema schema, JsonDecoderOptions? options = null, long budgetBytes = 1 << 20)
    {
        Decoder = new JsonDecoder(schema, options);
        Batch = new BatchBuilder(schema, MemoryTag.Scratch, budgetBytes);
    }

    internal JsonDecoder Decoder { get; }

    internal BatchBuilder Batch { get; }

    /// <summary>Decodes into a batch of its own one column named <c>v</c> from <c>{"v":json}</c>; the value as text, or the error's name.</summary>
    internal static string Of(DataType type, string json, JsonDecoderOptions? options = null, bool required = false)
    {
        using var rows = new Rows(Schema.Of(new Field(1, "v", type, required)), options);
        return rows.Add($$"""{"v":{{json}}}""");
    }

    internal string Add(string json) => Add(Encoding.UTF8.GetBytes(json));

    /// <summary>The row's values joined by <c>|</c>, or the error's name.</summary>
    internal string Add(ReadOnlySpan<byte> json)
    {
        var status = Decoder.Decode(new RecordInput(json), Batch);
        if (status != DecodeStatus.Ok)
        {
            Batch.AbandonRow();
            return status.ToString();
        }
        return Batch.EndRow() ? Show(Batch.Rows - 1) : "Full";
    }

    /// <summary>The fields that the schema is to grow by.</summary>
    internal IReadOnlyList<NewField> NewFields(IEnumerable<ReadOnlyMemory<byte>> values) => [.. Decoder.Changes(values).Cast<NewField>()];

    internal string Show(int ordinal) => string.Join("|", Batch.View().Columns.Select(c => Show(c, ordinal)));

    internal static string Show(ColumnView view, int ordinal)
    {
        if (view.IsNull(ordinal)) return "null";
        switch (view.Field.Type.Kind)
        {
            case TypeKind.Boolean:
                return view.Bit(ordinal) ? "true" : "false";
            case TypeKind.Int or TypeKind.Date:
                return view.Value<int>(ordinal).ToString(CultureInfo.InvariantCulture);
            case TypeKind.Float:
                return view.Value<float>(ordinal).ToString("R", CultureInfo.InvariantCulture);
            case TypeKind.Double:
                return view.Value<double>(ordinal).ToString("R", CultureInfo.InvariantCulture);
            case TypeKind.Decimal:
                return view.Value<Int128>(ordinal).ToString(CultureInfo.InvariantCulture);
            case TypeKind.String:
                return Encoding.UTF8.GetString(view.Bytes(ordinal));
            case TypeKind.Uuid or TypeKind.Fixed or TypeKind.Binary:
                return Convert.ToHexStringLower(view.Bytes(ordinal));
            case TypeKind.Struct or TypeKind.Variant:
                return "{" + string.Join(",", view.Children.Select(c => c.Field.Name + "=" + Show(c, ordinal))) + "}";
            case TypeKind.List:
                return "[" + string.Join(",", Range(view, ordinal).Select(i => Show(view.Children[0], i))) + "]";
            case TypeKind.Map:
                return "<" + string.Join(",", Range(view, ordinal).Select(i => Show(view.Children[0].Children[0], i) + "=" + Show(view.Children[0].Children[1], i))) + ">";
            default:
                return view.Value<long>(ordinal).ToString(CultureInfo.InvariantCulture);
        }
    }

    public void Dispose() => Batch.Dispose();

    private static IEnumerable<int> Range(ColumnView view, int ordinal) =>
        Enumerable.Range(view.Offsets[ordinal], view.Offsets[ordinal + 1] - view.Offsets[ordinal]);
}
