using System.Text;
using Google.Protobuf.Reflection;
using K2I.Base;

namespace K2I.Decode.Protobuf;

/// <summary>
/// Descriptors as the compiler writes them, a <c>FileDescriptorSet</c> or one <c>FileDescriptorProto</c>, with what decoding needs of them.
/// Throws Invalid for bytes that are neither. Source: google/protobuf/descriptor.proto.
/// </summary>
internal static class DescriptorReader
{
    private const int MaxDepth = 64;

    /// <summary>Reads one field of <paramref name="into"/>; false where the bytes end too soon.</summary>
    private delegate bool FieldReader<in T>(ref WireReader reader, uint tag, T into, int depth);

    /// <summary>The files of a set, or the one, under this name.</summary>
    internal static List<FileDescriptorProto> Any(ReadOnlySpan<byte> bytes, string name) => IsSet(bytes) ? Set(bytes) : [One(bytes, name)];

    internal static FileDescriptorProto One(ReadOnlySpan<byte> bytes, string name)
    {
        var file = new FileDescriptorProto();
        var reader = new WireReader(bytes);
        Message(ref reader, file, File, 0);
        file.Name = name;
        return file;
    }

    private static List<FileDescriptorProto> Set(ReadOnlySpan<byte> bytes)
    {
        List<FileDescriptorProto> files = [];
        var reader = new WireReader(bytes);
        Message(ref reader, files, static (ref r, tag, into, depth) => Add(ref r, into, File, depth), 0);
        return files;
    }

    /// <summary>A set has nothing but files; of a single one that has messages the name is but the first.</summary>
    private static bool IsSet(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        while (reader.At < reader.End)
            if (!reader.ReadTag(out var tag) || tag != Tag(1) || !reader.Skip(tag)) return false;
        return true;
    }

    private static bool File(ref WireReader r, uint tag, FileDescriptorProto file, int depth) => tag switch
    {
        1 << 3 | 2 => Text(ref r, t => file.Name = t),
        2 << 3 | 2 => Text(ref r, t => file.Package = t),
        3 << 3 | 2 => Text(ref r, file.Dependencies.Add),
        4 << 3 | 2 => Add(ref r, file.MessageTypes, Type, depth),
        5 << 3 | 2 => Add(ref r, file.EnumTypes, Enum, depth),
        8 << 3 | 2 => Features(ref r, 50, file.Options ??= new(), static (o, f) => o.Features = f, depth),
        12 << 3 | 2 => Text(ref r, t => file.Syntax = t),
        14 << 3 => Number(ref r, n => file.Edition = (Edition)n),
        _ => r.Skip(tag),
    };

    private static bool Type(ref WireReader r, uint tag, DescriptorProto type, int depth) => tag switch
    {
        1 << 3 | 2 => Text(ref r, t => type.Name = t),
        2 << 3 | 2 => Add(ref r, type.Fields, Field, depth),
        3 << 3 | 2 => Add(ref r, type.NestedTypes, Type, depth),
        4 << 3 | 2 => Add(ref r, type.EnumTypes, Enum, depth),
        7 << 3 | 2 => Nested(ref r, type.Options ??= new(), TypeOptions, depth),
        8 << 3 | 2 => Add(ref r, type.OneofDecls, Oneof, depth),
        _ => r.Skip(tag),
    };

    private static bool TypeOptions(ref WireReader r, uint tag, MessageOptions options, int depth) => tag switch
    {
        7 << 3 => Number(ref r, n => options.MapEntry = n != 0),
        12 << 3 | 2 => Nested(ref r, options.Features ??= new(), Feature, depth),
        _ => r.Skip(tag),
    };

    private static bool Oneof(ref WireReader r, uint tag, OneofDescriptorProto oneof, int depth) => tag switch
    {
        1 << 3 | 2 => Text(ref r, t => oneof.Name = t),
        2 << 3 | 2 => Features(ref r, 1, oneof.Options ??= new(), static (o, f) => o.Features = f, depth),
        _ => r.Skip(tag),
    };

    private static bool Field(ref WireReader r, uint tag, FieldDescriptorProto field, int depth) => tag switch
    {
        1 << 3 | 2 => Text(ref r, t => field.Name = t),
        3 << 3 => Number(ref r, n => field.Number = n),
        4 << 3 => Number(ref r, n => field.label = (FieldDescriptorProto.Label)n),
        5 << 3 => Number(ref r, n => field.type = (FieldDescriptorProto.Type)n),
        6 << 3 | 2 => Text(ref r, t => field.TypeName = t),
        8 << 3 | 2 => Features(ref r, 21, field.Options ??= new(), static (o, f) => o.Features = f, depth),
        9 << 3 => Number(ref r, n => field.OneofIndex = n),
        17 << 3 => Number(ref r, n => field.Proto3Optional = n != 0),
        _ => r.Skip(tag),
    };

    private static bool Enum(ref WireReader r, uint tag, EnumDescriptorProto type, int depth) => tag switch
    {
        1 << 3 | 2 => Text(ref r, t => type.Name = t),
        2 << 3 | 2 => Add(ref r, type.Values, Value, depth),
        _ => r.Skip(tag),
    };

    private static bool Value(ref WireReader r, uint tag, EnumValueDescriptorProto value, int depth) => tag switch
    {
        1 << 3 | 2 => Text(ref r, t => value.Name = t),
        2 << 3 => Number(ref r, n => value.Number = n),
        _ => r.Skip(tag),
    };

    /// <summary>Options of which only the features, a field of this number, are read.</summary>
    private static bool Features<T>(ref WireReader r, int number, T options, Action<T, FeatureSet> use, int depth)
    {
        var features = new FeatureSet();
        var isThere = false;
        var isRead = Nested(ref r, features, (ref inner, tag, into, at) =>
        {
            if (tag != Tag(number)) return inner.Skip(tag);
            isThere = true;
            return Nested(ref inner, into, Feature, at);
        }, depth);
        if (isThere) use(options, features);
        return isRead;
    }

    private static bool Feature(ref WireReader r, uint tag, FeatureSet features, int depth) => tag switch
    {
        1 << 3 => Number(ref r, n => features.field_presence = (FeatureSet.FieldPresence)n),
        5 << 3 => Number(ref r, n => features.message_encoding = (FeatureSet.MessageEncoding)n),
        _ => r.Skip(tag),
    };

    private static uint Tag(int number) => (uint)number << 3 | WireReader.Length;

    private static bool Add<T>(ref WireReader r, List<T> to, FieldReader<T> field, int depth) where T : new()
    {
        var added = new T();
        to.Add(added);
        return Nested(ref r, added, field, depth);
    }

    private static bool Nested<T>(ref WireReader r, T into, FieldReader<T> field, int depth)
    {
        if (depth == MaxDepth) throw Invalid("nested too deeply");
        var outer = r.End;
        if (!r.ReadEnd(out r.End)) return false;
        Message(ref r, into, field, depth + 1);
        r.End = outer;
        return true;
    }

    private static void Message<T>(ref WireReader r, T into, FieldReader<T> field, int depth)
    {
        while (r.At < r.End)
            if (!r.ReadTag(out var tag) || !field(ref r, tag, into, depth))
                throw Invalid(System.FormattableString.Invariant($"not the wire format at byte {r.At}"));
    }

    private static bool Text(ref WireReader r, Action<string> use)
    {
        if (!r.ReadBytes(out var bytes)) return false;
        use(Encoding.UTF8.GetString(bytes));
        return true;
    }

    private static bool Number(ref WireReader r, Action<int> use)
    {
        if (!r.ReadVarint(out var number)) return false;
        use((int)number);
        return true;
    }

    private static EngineException Invalid(string why) => new(ErrorKind.Invalid, $"protobuf descriptor: {why}");
}
