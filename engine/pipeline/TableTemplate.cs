using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>Many tables of one section: a <c>[table.NAME]</c> that says <c>table = …</c>. Each topic that matches feeds the table whose
/// name its own name gives.</summary>
public sealed record TableTemplate
{
    public const int UsualMaxTables = 1_000;

    /// <summary>The name of the section; no table's.</summary>
    public required string Section { get; init; }

    /// <summary>The name of each table: text in which <c>${topic}</c> and <c>${group}</c> stand for the topic and for named groups of the
    /// expression that it matches.</summary>
    public required string Table { get; init; }

    /// <summary>Topic names; an entry that starts with <c>^</c> is a regular expression.</summary>
    public required ImmutableArray<string> Topics { get; init; }

    /// <summary>What each table is like; name and topics are its own.</summary>
    public required TableOptions Options { get; init; }

    /// <summary>What single tables are like instead, by full name.</summary>
    public ImmutableDictionary<string, TableOptions> Overrides { get; init; } = ImmutableDictionary<string, TableOptions>.Empty;

    /// <summary>Topics that would make more tables are refused.</summary>
    public int MaxTables { get; init; } = UsualMaxTables;
}
