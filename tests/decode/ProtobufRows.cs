using K2I.Columns;
using K2I.Decode.Protobuf;
using K2I.Memory;

namespace K2I.Decode.Tests;

/// <summary>A schema, a table of its message's columns, and a plan from one to the other.</summary>
internal sealed class ProtobufRows : IDisposable
{
    internal ProtobufRows(WriterSchema writer, PlanOptions? options = null, Schema? table = null, int budgetBytes = 1 << 20)
    {
        options ??= new() { MetadataColumn = null };
        Schema = table ?? FieldIds.NewSchema([.. options.Transforms.Apply(ProtobufCompiler.Instance.Columns(writer, options))]);
        Plan = ProtobufCompiler.Instance.Compile(writer, Schema, options);
        Batch = new BatchBuilder(Schema, MemoryTag.Scratch, budgetBytes);
    }

    internal Schema Schema { get; }

    internal RecordPlan Plan { get; }

    internal BatchBuilder Batch { get; }

    internal static WriterSchema Text(string text) => ProtobufCompiler.SchemaOf("t.proto", System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A schema of one message M with these fields.</summary>
    internal static ProtobufRows Of(string fields, string syntax = "syntax = \"proto3\";", PlanOptions? options = null) =>
        new(Text($"{syntax}\nimport \"google/protobuf/timestamp.proto\"; import \"google/protobuf/wrappers.proto\"; "
            + "import \"google/protobuf/struct.proto\";"
            + $"import \"google/protobuf/duration.proto\"; import \"google/protobuf/any.proto\";\nmessage M {{ {fields} }}"), options);

    internal string Add(Wire message) => Add(message.Done);

    /// <summary>The row's values joined by <c>|</c>, or the error's name.</summary>
    internal string Add(ReadOnlySpan<byte> payload) => Add(WireForm.Bare, payload);

    internal string Add(WireForm form, ReadOnlySpan<byte> value)
    {
        var status = Plan.Decode(FramedValue.Read(form, new RecordInput(value)), Batch);
        if (status != DecodeStatus.Ok)
        {
            Batch.AbandonRow();
            return status.ToString();
        }
        return Batch.EndRow() ? string.Join("|", Batch.View().Columns.Select(c => Rows.Show(c, Batch.Rows - 1))) : "Full";
    }

    public void Dispose() => Batch.Dispose();
}
