using System.Buffers.Text;
using System.Collections.Immutable;
using Google.Protobuf.Reflection;
using K2I.Base;

namespace K2I.Decode.Protobuf;

/// <summary>
/// The messages of one schema: <c>.proto</c> text, or what the compiler makes of it. Immutable. Made on a control path: throws Invalid for
/// what is no schema, whatever the bytes are.
/// </summary>
internal sealed class ProtoSchema
{
    private const string MainName = "schema.proto";

    private readonly IReadOnlyDictionary<string, ProtoMessage> messages;

    private ProtoSchema(IReadOnlyDictionary<string, ProtoMessage> messages, ImmutableArray<ProtoMessage> top)
    {
        this.messages = messages;
        Top = top;
    }

    /// <summary>The messages that its last file declares, in order: what message indexes count from.</summary>
    internal ImmutableArray<ProtoMessage> Top { get; }

    /// <summary>
    /// A schema as <see cref="WriterSchema"/> has it: text, or in base64 a file's descriptor or a set of them. References are of the same
    /// kinds, under the names that are imported.
    /// </summary>
    internal static ProtoSchema Of(WriterSchema writer)
    {
        if (writer.Language != SchemaLanguage.Protobuf)
            throw new EngineException(ErrorKind.Invalid, $"{writer} is written in {writer.Language}, and the format is protobuf");
        var texts = writer.References.Where(r => !IsDescriptor(r.Text)).Select(r => (r.Name, r.Text)).ToList();
        if (!IsDescriptor(writer.Text) && texts.Count == writer.References.Length) return OfText(writer.Text, texts);
        if (!IsDescriptor(writer.Text) || texts.Count > 0)
            throw new EngineException(ErrorKind.Invalid, $"{writer} is text and descriptors that import each other, which is not read");
        var files = writer.References.Select(r => DescriptorReader.One(Convert.FromBase64String(r.Text), r.Name)).ToList();
        files.AddRange(DescriptorReader.Any(Convert.FromBase64String(writer.Text), MainName));
        HashSet<string> known = [.. files.Select(f => f.Name)];
        var missing = files.SelectMany(f => f.Dependencies).Where(d => !known.Contains(d)).Distinct().ToList();
        var imports = string.Concat(missing.Select(d => $"import \"{d}\";\n"));
        if (missing.Count > 0) files.InsertRange(0, ProtoText.Parse([(MainName + ".imports", imports)]));
        return Linked(files);
    }

    /// <summary>The message of this full name; null where there is none.</summary>
    internal ProtoMessage? Find(string fullName) => messages.GetValueOrDefault(fullName);

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
}
