using System.Collections.Immutable;

namespace K2I.Decode;

/// <summary>A schema that records were written with, as a registry or a file has it.</summary>
/// <param name="Id">As records name it.</param>
/// <param name="Language">What it is written in.</param>
/// <param name="Text">The schema.</param>
/// <param name="References">What it refers to, and those again: each after all that it refers to itself.</param>
public sealed record WriterSchema(SchemaId Id, SchemaLanguage Language, string Text, ImmutableArray<SchemaReference> References)
{
    /// <summary>The registry's name for what the schema is a version of; null where it is not known.</summary>
    public string? Subject { get; init; }

    public int? Version { get; init; }

    /// <summary>Subject, version and id, as far as they are known, for a person.</summary>
    public override string ToString() => Subject is null ? $"schema {Id}" : $"schema {Id} ({Subject}, version {Version})";
}
