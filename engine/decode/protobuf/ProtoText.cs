using Google.Protobuf.Reflection;
using K2I.Base;

namespace K2I.Decode.Protobuf;

/// <summary>
/// <c>.proto</c> texts as descriptors, by the parser of protobuf-net. The files of <c>google/protobuf</c> are known to it, those that
/// Confluent's registry takes as known are here. Nothing is read from disk. Throws Invalid for texts with errors, which are named with line
/// and column.
/// </summary>
internal static class ProtoText
{
    private const int MaxChars = 4 << 20;

    /// <summary>The parser goes into what is nested by calling itself.</summary>
    private const int MaxDepth = 100;

    private const int MaxErrorsTold = 3;

    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["confluent/meta.proto"] = """
            syntax = "proto3";
            package confluent;
            import "google/protobuf/descriptor.proto";
            message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }
            extend google.protobuf.FileOptions { Meta file_meta = 1088; }
            extend google.protobuf.MessageOptions { Meta message_meta = 1088; }
            extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
            extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }
            extend google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; }
            """,
        ["confluent/type/decimal.proto"] = """
            syntax = "proto3";
            package confluent.type;
            message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }
            """,
    };

    private sealed class NoDisk : IFileSystem
    {
        public bool Exists(string path) => false;

        public TextReader OpenText(string path) => throw new FileNotFoundException(path);
    }

    /// <summary>The files and all that they import, each after what it imports.</summary>
    internal static List<FileDescriptorProto> Parse(IReadOnlyCollection<(string Name, string Text)> files)
    {
        var set = new FileDescriptorSet { ImportValidator = _ => true, FileSystem = new NoDisk() };
        try
        {
            var known = Known.Where(k => files.All(f => f.Name != k.Key)
                && files.Any(f => f.Text.Contains(k.Key, StringComparison.Ordinal)));
            foreach (var (name, text) in files.Concat(known.Select(k => (k.Key, k.Value))))
            {
                RefuseDepth(name, text);
                set.Add(name, true, new StringReader(text));
            }
            set.Process();
        }
        // What it throws on texts that it has no error for is not said anywhere.
        catch (Exception e) when (e is not (EngineException or OutOfMemoryException))
        {
            throw new EngineException(ErrorKind.Invalid, $"protobuf schema: {e.Message}", e);
        }
        var errors = set.GetErrors().Where(e => e.IsError)
            .Select(e => FormattableString.Invariant($"{e.File}, line {e.LineNumber}, column {e.ColumnNumber}: {e.Message}")).ToList();
        if (errors.Count > 0)
            throw new EngineException(ErrorKind.Invalid, $"protobuf schema: {string.Join("; ", errors.Take(MaxErrorsTold))}");
        return set.Files;
    }

    private static void RefuseDepth(string name, string text)
    {
        if (text.Length > MaxChars)
            throw new EngineException(ErrorKind.Invalid, $"protobuf schema: {name} is larger than {Units.FormatBytes(MaxChars)}");
        var depth = 0;
        foreach (var c in text)
        {
            if (c is '{' or '[' or '(' or '<') depth++;
            else if (c is '}' or ']' or ')' or '>') depth = Math.Max(0, depth - 1);
            if (depth > MaxDepth) throw new EngineException(ErrorKind.Invalid, $"protobuf schema: {name} is nested too deeply");
        }
    }
}
