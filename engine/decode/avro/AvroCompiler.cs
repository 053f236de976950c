using System.Collections.Immutable;
using System.Text;
using K2I.Avro;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Plans for records in Avro's binary encoding. Any thread.</summary>
public sealed class AvroCompiler : IPlanCompiler
{
    private AvroCompiler()
    {
    }

    public static AvroCompiler Instance { get; } = new();

    /// <summary>A file's schema as records name it: by its fingerprint in single-object encoding, else not at all.</summary>
    public static WriterSchema SchemaOf(ReadOnlyMemory<byte> file, WireForm form)
    {
        var type = AvroSchema.Parse(file, "schema");
        var id = form == WireForm.SingleObject ? new SchemaId(SchemaIdKind.Fingerprint, AvroFingerprint.Of(type)) : SchemaId.None;
        return new(id, SchemaLanguage.Avro, Encoding.UTF8.GetString(file.Span), []);
    }

    public RecordPlan Compile(WriterSchema writer, Schema table, PlanOptions options)
    {
        try
        {
            var record = RecordOf(writer);
            return ShapedPlan.Of(AvroColumns.Of(record, options), writer.ToString(), table, options,
                (match, schema) => new AvroPlan(AvroNode.RowOf(record, match, schema, options), options));
        }
        catch (EngineException e) when (e.Kind == ErrorKind.Invalid)
        {
            return UnusablePlan.Because(e.Message);
        }
    }

    public ImmutableArray<Field> Columns(WriterSchema writer, PlanOptions options)
    {
        var written = AvroColumns.Of(RecordOf(writer), options);
        var flaw = options.UnknownFields == UnknownFields.Evolve
            ? written.LeftOut.OrderBy(p => p.Key, StringComparer.Ordinal).FirstOrDefault(
                p => p.Value.Length > 0 && !options.Transforms.IsDropped(p.Key)) : default;
        if (flaw.Value is not null) throw new EngineException(ErrorKind.Invalid,
            $"{flaw.Key}: {flaw.Value}; unknown_fields = ignore leaves it out");
        return written.Fields.IsEmpty ? throw new EngineException(ErrorKind.Invalid, $"{writer} has no field that can be a column")
            : written.Fields;
    }

    private static AvroType RecordOf(WriterSchema writer)
    {
        if (writer.Language != SchemaLanguage.Avro) throw new EngineException(ErrorKind.Invalid,
            $"{writer} is written in {writer.Language}, and the format is avro");
        return AvroColumns.RecordOf(AvroSchema.Parse(
            Encoding.UTF8.GetBytes(writer.Text), writer.References.Select(r => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(r.Text)),
                writer.ToString()));
    }
}
