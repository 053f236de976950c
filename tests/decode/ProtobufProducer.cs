// The engine's library for texts has classes of the same names.
extern alias google;

using google::Google.Protobuf;
using google::Google.Protobuf.Reflection;
using google::Google.Protobuf.WellKnownTypes;
using K2I.Decode.Protobuf;
using Enum = System.Enum;
using Packed = google::Google.Protobuf.WellKnownTypes.Any;
using Syntax = google::Google.Protobuf.WellKnownTypes.Syntax;
using Type = google::Google.Protobuf.WellKnownTypes.Type;

namespace K2I.Decode.Tests;

/// <summary>What producers write that use Google.Protobuf and its generated classes: random messages, with descriptors of theirs.</summary>
public class ProtobufProducer
{
    private const int Records = 2_000;

    private readonly Random random = new(41);

    /// <summary>proto3: texts, numbers, enums, lists of messages, a message in a message, and Any.</summary>
    [Fact]
    public void TypesAreReadAsTheyWereWritten()
    {
        using var rows = Of(Type.Descriptor);
        for (var i = 0; i < Records; i++)
        {
            var type = new Type { Name = Text(), Syntax = Any<Syntax>(), Edition = Text() };
            type.Fields.AddRange(Many(SomeField));
            type.Oneofs.AddRange(Many(Text));
            type.Options.AddRange(Many(SomeOption));
            if (random.Next(2) == 0) type.SourceContext = new() { FileName = Text() };
            Assert.Equal(
                string.Join('|', type.Name, List(type.Fields, Show), List(type.Oneofs, t => t), List(type.Options, Show),
                    type.SourceContext is { } of ? $"{{file_name={of.FileName}}}" : "null", Shown(type.Syntax), type.Edition),
                Read(rows, type));
        }
    }

    /// <summary>proto2: every field has presence, and numbers of 64 bits without a sign are wider than a column of longs.</summary>
    [Fact]
    public void FieldsOfProto2AreNullWhereTheyAreNotThere()
    {
        using var rows = Of(UninterpretedOption.Descriptor);
        for (var i = 0; i < Records; i++)
        {
            var option = new UninterpretedOption();
            if (Has()) option.IdentifierValue = Text();
            if (Has()) option.PositiveIntValue = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            if (Has()) option.NegativeIntValue = random.NextInt64(long.MinValue, long.MaxValue);
            if (Has()) option.DoubleValue = random.NextDouble() * 1e9;
            if (Has()) option.StringValue = ByteString.CopyFrom(1, 2, (byte)i);
            if (Has()) option.AggregateValue = Text();
            option.Name.AddRange(Many(() => new UninterpretedOption.Types.NamePart { NamePart_ = Text(), IsExtension = Has() }));
            Assert.Equal(
                string.Join('|', List(option.Name, n => $"{{name_part={n.NamePart_},is_extension={Shown(n.IsExtension)}}}"),
                    option.HasIdentifierValue ? option.IdentifierValue : "null",
                    option.HasPositiveIntValue ? $"{option.PositiveIntValue}" : "null",
                    option.HasNegativeIntValue ? $"{option.NegativeIntValue}" : "null",
                    option.HasDoubleValue ? FormattableString.Invariant($"{option.DoubleValue:R}") : "null",
                    option.HasStringValue ? Convert.ToHexStringLower(option.StringValue.Span) : "null",
                    option.HasAggregateValue ? option.AggregateValue : "null"),
                Read(rows, option));
        }
    }

    private static ProtobufRows Of(MessageDescriptor message)
    {
        var set = new FileDescriptorSet();
        void Add(FileDescriptor file)
        {
            foreach (var needed in file.Dependencies) Add(needed);
            if (set.File.All(f => f.Name != file.Name)) set.File.Add(FileDescriptorProto.Parser.ParseFrom(file.SerializedData));
        }

        Add(message.File);
        return new(ProtobufCompiler.SchemaOf("google.desc", set.ToByteArray()),
            new() { MetadataColumn = null, Message = message.FullName });
    }

    private static string Read(ProtobufRows rows, IMessage message)
    {
        rows.Batch.Reset();
        return rows.Add(message.ToByteArray());
    }

    private static string List<T>(IEnumerable<T> items, Func<T, string> show) => $"[{string.Join(',', items.Select(show))}]";

    private static string Show(Option option) => $"{{name={option.Name},value={(option.Value is { } any
        ? $"{{type_url={any.TypeUrl},value={Convert.ToHexStringLower(any.Value.Span)}}}" : "null")}}}";

    private static string Show(Field field) => "{" + string.Join(',',
        $"kind={Shown(field.Kind)}", $"cardinality={Shown(field.Cardinality)}", $"number={field.Number}", $"name={field.Name}",
        $"type_url={field.TypeUrl}", $"oneof_index={field.OneofIndex}", $"packed={Shown(field.Packed)}",
        $"options={List(field.Options, Show)}", $"json_name={field.JsonName}", $"default_value={field.DefaultValue}") + "}";

    private static string Shown(bool value) => value ? "true" : "false";

    /// <summary>The name that the .proto file has.</summary>
    private static string Shown<T>(T value)
        where T : struct, Enum =>
        typeof(T).GetField(value.ToString())!.GetCustomAttributes(false).OfType<OriginalNameAttribute>().Single().Name;

    private bool Has() => random.Next(3) > 0;

    private string Text() => string.Concat(Enumerable.Repeat("aé€😀 x", random.Next(4)));

    private T Any<T>()
        where T : struct, Enum =>
        random.GetItems(Enum.GetValues<T>(), 1)[0];

    private List<T> Many<T>(Func<T> make) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => make())];

    private Field SomeField() => new()
    {
        Kind = Any<Field.Types.Kind>(),
        Cardinality = Any<Field.Types.Cardinality>(),
        Number = random.Next(int.MinValue, int.MaxValue),
        Name = Text(),
        OneofIndex = random.Next(3),
        Packed = Has(),
        Options = { Many(SomeOption) },
        JsonName = Text(),
    };

    private Option SomeOption() =>
        Has() ? new() { Name = Text(), Value = Packed.Pack(new StringValue { Value = Text() }) } : new() { Name = Text() };
}
