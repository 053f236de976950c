using System.Collections.Immutable;
using System.Text;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode.Protobuf;

/// <summary>Plans for Protobuf's wire format. Any thread.</summary>
public sealed class ProtobufCompiler : IPlanCompiler
{
    private ProtobufCompiler()
    {
    }

    public static ProtobufCompiler Instance { get; } = new();

    /// <summary>A file's schema: text where its name ends in <c>.proto</c>, else a descriptor set.</summary>
    /// <param name="path">The file's.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="import">
    /// The content of a path that the text imports; null where there is none. Null itself for texts that import nothing.
    /// </param>
    public static WriterSchema SchemaOf(string path, ReadOnlySpan<byte> content, Func<string, byte[]?>? import = null)
    {
        if (!path.EndsWith(".proto", StringComparison.OrdinalIgnoreCase))
            return new(SchemaId.None, SchemaLanguage.Protobuf, Convert.ToBase64String(content), []);
        var text = Encoding.UTF8.GetString(content);
        return new(SchemaId.None, SchemaLanguage.Protobuf, text, import is null ? [] : ProtoImports.Of(text, import));
    }

    public RecordPlan Compile(WriterSchema writer, Schema table, PlanOptions options)
    {
        try
        {
            return new ProtoPlan(ProtoSchema.Of(writer), writer.ToString(), table, options);
        }
        catch (EngineException e) when (e.Kind == ErrorKind.Invalid)
        {
            return UnusablePlan.Because(e.Message);
        }
    }

    public ImmutableArray<Field> Columns(WriterSchema writer, PlanOptions options) =>
        Columns(writer, FramedValue.Read(WireForm.Bare, new RecordInput([])), options);

    public ImmutableArray<Field> Columns(WriterSchema writer, in FramedValue first, PlanOptions options)
    {
        var message = ProtoPlan.MessageOf(ProtoSchema.Of(writer), in first, options, out _, out var flaw);
        if (message is null) throw new EngineException(ErrorKind.Invalid, $"{writer}: {flaw}");
        var columns = ProtoColumns.Of(message).Fields;
        return columns.IsEmpty
            ? throw new EngineException(ErrorKind.Invalid, $"{writer}: message {message.FullName} has no field") : columns;
    }
}
