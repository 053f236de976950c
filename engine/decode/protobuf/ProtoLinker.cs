using System.Collections.Immutable;
using Google.Protobuf.Reflection;
using K2I.Base;

namespace K2I.Decode.Protobuf;

/// <summary>
/// Messages out of the descriptors of files: names resolved, presence and groups worked out of syntax, edition and features. Throws Invalid
/// for descriptors that do not hold together.
/// </summary>
internal sealed class ProtoLinker
{
    private const int MaxNumber = (1 << 29) - 1;

    private readonly Dictionary<string, ProtoMessage> messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProtoEnum> enums = new(StringComparer.Ordinal);

    /// <summary>What a file or message says for the fields in it.</summary>
    private readonly record struct Features(FeatureSet.FieldPresence Presence, bool Delimited, bool IsProto2)
    {
        internal static Features Of(FileDescriptorProto file)
        {
            var isProto2 = file.Syntax is "" or "proto2" && file.Edition == Edition.EditionUnknown;
            var presence = file.Syntax == "proto3" ? FeatureSet.FieldPresence.Implicit : FeatureSet.FieldPresence.Explicit;
            return new Features(presence, false, isProto2).With(file.Options?.Features);
        }

        internal Features With(FeatureSet? own) => own is null
            ? this
            : this with
            {
                Presence = own.field_presence == FeatureSet.FieldPresence.FieldPresenceUnknown ? Presence : own.field_presence,
                Delimited = own.message_encoding == FeatureSet.MessageEncoding.MessageEncodingUnknown
                    ? Delimited
                    : own.message_encoding == FeatureSet.MessageEncoding.Delimited,
            };
    }

    internal IReadOnlyDictionary<string, ProtoMessage> Messages => messages;

    /// <summary>Takes the files in; returns the top messages of each, in their order.</summary>
    internal Dictionary<string, ImmutableArray<ProtoMessage>> Link(IReadOnlyCollection<FileDescriptorProto> files)
    {
        var top = new Dictionary<string, ImmutableArray<ProtoMessage>>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var type in file.EnumTypes) Declare(type, file.Package);
            top[file.Name] = [.. file.MessageTypes.Select(t => Declare(t, file.Package))];
        }
        foreach (var file in files)
            foreach (var type in file.MessageTypes) Fill(type, file.Package, Features.Of(file));
        return top;
    }

    private static string Join(string scope, string name) => scope.Length == 0 ? name : $"{scope}.{name}";

    private ProtoMessage Declare(DescriptorProto type, string scope)
    {
        var name = Join(scope, type.Name);
        var message = new ProtoMessage(name, type.Options?.MapEntry ?? false);
        if (type.Name.Length == 0 || !messages.TryAdd(name, message))
            throw Invalid($"message '{name}' is declared twice, or without a name");
        foreach (var inner in type.EnumTypes) Declare(inner, name);
        message.Nested = [.. type.NestedTypes.Select(t => Declare(t, name))];
        return message;
    }

    private void Declare(EnumDescriptorProto type, string scope)
    {
        var name = Join(scope, type.Name);
        if (!enums.TryAdd(name, new(name, type.Values.Select(v => (v.Number, v.Name))))) throw Invalid($"enum {name} is declared twice");
    }

    private void Fill(DescriptorProto type, string scope, Features features)
    {
        var name = Join(scope, type.Name);
        var message = messages[name];
        var own = features.With(type.Options?.Features);
        foreach (var inner in type.NestedTypes) Fill(inner, name, own);
        HashSet<int> numbers = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        var fields = ImmutableArray.CreateBuilder<ProtoField>(type.Fields.Count);
        foreach (var field in type.Fields)
        {
            if (field.Number is < 1 or > MaxNumber || !numbers.Add(field.Number))
                throw Invalid($"{name}.{field.Name}: its number is taken, or no number of a field");
            if (field.Name.Length == 0 || !names.Add(field.Name))
                throw Invalid($"{name}: a field called '{field.Name}' is there twice, or has no name");
            fields.Add(FieldOf(field, type, message, own));
        }
        message.Use(fields.DrainToImmutable(), type.OneofDecls.Count);
        if (message.IsMapEntry) CheckEntry(message);
    }

    private ProtoField FieldOf(FieldDescriptorProto field, DescriptorProto type, ProtoMessage within, Features features)
    {
        var kind = (ProtoKind)field.type;
        var inner = kind is ProtoKind.Message or ProtoKind.Group or 0 ? Resolve(messages, field.TypeName, within.FullName) : null;
        var choices = kind == ProtoKind.Enum || (kind == 0 && inner is null) ? Resolve(enums, field.TypeName, within.FullName) : null;
        if (kind == 0) kind = inner is null ? ProtoKind.Enum : ProtoKind.Message;
        if (!Enum.IsDefined(kind)) throw Invalid($"{within.FullName}.{field.Name}: unknown type");
        if (kind is ProtoKind.Message or ProtoKind.Group && inner is null)
            throw Invalid($"{within.FullName}.{field.Name}: there is no message {field.TypeName}");
        if (kind == ProtoKind.Enum && choices is null) throw Invalid($"{within.FullName}.{field.Name}: there is no enum {field.TypeName}");
        var isRepeated = field.label == FieldDescriptorProto.Label.LabelRepeated;
        var oneof = field.ShouldSerializeOneofIndex() ? field.OneofIndex : -1;
        if (oneof < -1 || oneof >= type.OneofDecls.Count && !field.Proto3Optional)
            throw Invalid($"{within.FullName}.{field.Name}: there is no such oneof");
        var own = features.With(field.Options?.Features);
        if (kind == ProtoKind.Message && own.Delimited && !inner!.IsMapEntry && !within.IsMapEntry) kind = ProtoKind.Group;
        var isRequired = field.label == FieldDescriptorProto.Label.LabelRequired
            || (own.Presence == FeatureSet.FieldPresence.LegacyRequired && !isRepeated && oneof < 0);
        return new(field.Name)
        {
            Number = field.Number,
            Kind = kind,
            IsRepeated = isRepeated,
            IsRequired = isRequired,
            HasPresence = !isRepeated && !within.IsMapEntry
                && (inner is not null || oneof >= 0 || field.Proto3Optional || own.IsProto2
                    || own.Presence != FeatureSet.FieldPresence.Implicit),
            Oneof = field.Proto3Optional ? -1 : oneof,
            Message = inner,
            Enum = choices,
        };
    }

    private static void CheckEntry(ProtoMessage entry)
    {
        var isMap = entry.Fields is [{ Number: 1, Name: "key", IsRepeated: false } key, { Number: 2, Name: "value", IsRepeated: false }]
            && key.Kind is not (ProtoKind.Double or ProtoKind.Float or ProtoKind.Bytes or ProtoKind.Enum
                or ProtoKind.Message or ProtoKind.Group);
        if (!isMap) throw Invalid($"{entry.FullName} is no entry of a map");
    }

    /// <summary>The type of a name: whole with a dot before it, else looked for from the inside out.</summary>
    private static T? Resolve<T>(Dictionary<string, T> types, string name, string scope) where T : class
    {
        if (name.StartsWith('.')) return types.GetValueOrDefault(name[1..]);
        for (var within = scope; ; within = within[..Math.Max(0, within.LastIndexOf('.'))])
        {
            if (types.TryGetValue(Join(within, name), out var found)) return found;
            if (within.Length == 0) return null;
        }
    }

    private static EngineException Invalid(string why) => new(ErrorKind.Invalid, $"protobuf schema: {why}");
}
