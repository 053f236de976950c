using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using Google.Protobuf.Reflection;
using K2I.Base;

namespace K2I.Decode.Protobuf;

/// <summary>
/// The messages of one schema: <c>.proto</c> text, or what the compiler makes of it. Immutable. Made on a control path: throws Invalid for what is no schema, whatever the
/// bytes are.
/// </summary>
public sealed class ProtoSchema
{
    private const string MainName = "schema.proto";

    private readonly IReadOnlyDictionary<string, ProtoMessage> messages;

    private ProtoSchema(IReadOnlyDictionary<string, ProtoMessage> messages, ImmutableArray<ProtoMessage> top)
    {
        this.messages = messages;
        Top = top;
    }

    /// <summary>The messages that its last file declares, in order: what message indexes count from.</summary>
    public ImmutableArray<ProtoMessage> Top { get; }

    /// <summary>A file's content: text where its name ends in <c>.proto</c>, else a descriptor set.</summary>
    public static ProtoSchema ReadFile(string path, ReadOnlySpan<byte> content) =>
        path.EndsWith(".proto", StringComparison.OrdinalIgnoreCase)
            ? OfText(Encoding.UTF8.GetString(content), [])
            : Linked(DescriptorReader.Set(content));

    /// <summary>
    /// What a registry has for an id: text, or one file's descriptor in base64. <paramref name="references"/> are of the same kinds, under the names that are imported.
    /// </summary>
    public static ProtoSchema OfRegistry(string content, IReadOnlyCollection<(string Name, string Content)> references)
    {
        var texts = references.Where(r => !IsDescriptor(r.Content)).Select(r => (r.Name, r.Content)).ToList();
        if (!IsDescriptor(content) && texts.Count == references.Count) return OfText(content, texts);
        var files = references.Where(r => IsDescriptor(r.Content)).Select(r => Descriptor(r.Name, r.Content)).ToList();
        var main = IsDescriptor(content) ? Descriptor(MainName, content) : null;
        // A text that imports what is a descriptor only cannot be parsed by itself.
        if (main is null || texts.Count > 0) throw new EngineException(ErrorKind.Unsupported, "protobuf schema: texts and descriptors that import each other");
        HashSet<string> known = [.. files.Select(f => f.Name)];
        var missing = files.Append(main).SelectMany(f => f.Dependencies).Where(d => !known.Contains(d)).Distinct().ToList();
        if (missing.Count > 0) files.AddRange(ProtoText.Parse([(MainName + ".imports", string.Concat(missing.Select(d => $"import \"{d}\";\n")))]));
        return Linked([.. files, main]);
    }

    /// <summary>The message of this full name; null where there is none.</summary>
    public ProtoMessage? Find(string fullName) => messages.GetValueOrDefault(fullName);

    private static ProtoSchema OfText(string text, IReadOnlyCollection<(string Name, string Content)> references)
    {
        var files = ProtoText.Parse([.. references, (MainName, text)]);
        return Linked([.. files.Where(f => f.Name != MainName), files.First(f => f.Name == MainName)]);
    }

    private static ProtoSchema Linked(List<FileDescriptorProto> files)
    {
        if (files.Count == 0) throw new EngineException(ErrorKind.Invalid, "protobuf schema: there is no file in it");
        var linker = new ProtoLinker();
        return new(linker.Messages, linker.Link(files)[files[^1].Name]);
    }

    private static bool IsDescriptor(string content) => content.Length > 0 && Base64.IsValid(content);

    private static FileDescriptorProto Descriptor(string name, string content)
    {
        var file = DescriptorReader.One(Convert.FromBase64String(content));
        file.Name = name;
        return file;
    }
}
