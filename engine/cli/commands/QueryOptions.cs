using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using K2I.Query;

namespace K2I.Cli.Commands;

/// <summary>The options of <c>k2i query</c>, and the question they make.</summary>
internal sealed class QueryOptions
{
    public const string AsTable = "table", AsLines = "ndjson";

    private const string DefaultWait = "10s";

    /// <summary>A table shows so many rows unless told otherwise.</summary>
    private const long TableRows = 100;

    private readonly Argument<string> table = new("table") { Description = "table or namespace.table" };

    private readonly Option<string[]> key = new("--key", "-k")
    {
        Description = "The newest row of this key; of several columns once for each, in their order; "
            + "bytes as text, or as 0x before the hex of an answer",
        HelpName = "VALUE",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> columns = new("--columns")
    {
        Description = "Only these, struct fields by dotted path",
        HelpName = "A,B.C",
    };

    private readonly Option<string?> where = new("--where")
    {
        Description = "Only rows that fit: comparisons, in, is null, like; and, or, not, parentheses",
        HelpName = "'a = 5 and b is not null'",
    };

    private readonly Option<string?> order = new("--order")
    {
        Description = "What the rows are put in order by",
        HelpName = "'at desc, id'",
    };

    private readonly Option<long?> limit = new("--limit")
    {
        Description = $"At most so many rows, 0 for all (default: all; as a table {TableRows})",
        HelpName = "N",
    };

    private readonly Option<string?> source = new("--source")
    {
        Description = "both: every row once; hot: those in memory; cold: those of the snapshot",
        HelpName = string.Join('|', QuestionText.Sources),
    };

    private readonly Option<string?> minOffsets = new("--min-offsets")
    {
        Description = "Wait until the answer reaches these: read what you have just produced",
        HelpName = "TOPIC:PARTITION:NEXT,…",
    };

    private readonly Option<string?> wait = new("--wait")
    {
        Description = $"How long for --min-offsets (default: {DefaultWait})",
        HelpName = "TIME",
    };

    private readonly Option<string?> asOf = new("--as-of")
    {
        Description = "The table as of a snapshot, a branch or tag, or a time, without rows in memory",
        HelpName = "ID|NAME|TIME",
    };

    private readonly Option<bool> follow = new("--follow", "-f")
    {
        Description = "Rows as they are published, an object a line, until interrupted",
    };

    private readonly Option<string?> from = new("--from")
    {
        Description = "For --follow: where to begin (default: now)",
        HelpName = "TOPIC:PARTITION:NEXT,…",
    };

    private readonly Option<string?> format = new("--format")
    {
        Description = "table, json (one array), ndjson (an object a line), csv, or arrow (an IPC stream); "
            + "default: table on a terminal, else ndjson",
        HelpName = "FORM",
    };

    public QueryOptions()
    {
        source.AcceptOnlyFromAmong([.. QuestionText.Sources]);
        format.AcceptOnlyFromAmong(AsTable, "json", AsLines, "csv", "arrow");
    }

    public void AddTo(Command command)
    {
        command.Arguments.Add(table);
        foreach (var option in (Option[])[key, columns, where, order, limit, source, minOffsets, wait, asOf, follow, from, format])
            command.Options.Add(option);
        command.Validators.Add(CheckTogether);
    }

    /// <summary>Rows as they are published, rather than those that are there.</summary>
    public bool IsFollow(ParseResult parsed) => parsed.GetValue(follow);

    public string FormatOf(ParseResult parsed, Terminal terminal) =>
        parsed.GetValue(format) ?? (terminal.Width is not null && !IsFollow(parsed) ? AsTable : AsLines);

    /// <summary>How many rows are asked for; null for all.</summary>
    public long? LimitOf(ParseResult parsed, string format)
    {
        if (parsed.GetValue(limit) is { } given) return given > 0 ? given : null;
        return format == AsTable && parsed.GetValue(key) is not { Length: > 0 } ? TableRows : null;
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="space">The namespace of a table whose name has none.</param>
    /// <param name="limit">See <see cref="LimitOf"/>.</param>
    public QuestionText QuestionOf(ParseResult parsed, string space, long? limit)
    {
        var name = parsed.GetValue(table)!;
        return new()
        {
            Table = name.Contains('.', StringComparison.Ordinal) ? name : $"{space}.{name}",
            Key = [.. parsed.GetValue(key) ?? []],
            Columns = parsed.GetValue(columns),
            Where = parsed.GetValue(where),
            Order = parsed.GetValue(order),
            Limit = limit?.ToString(CultureInfo.InvariantCulture),
            AsOf = parsed.GetValue(asOf),
            MinOffsets = parsed.GetValue(minOffsets),
            Wait = parsed.GetValue(wait) ?? (parsed.GetValue(minOffsets) is null ? null : DefaultWait),
            Source = parsed.GetValue(source),
            From = parsed.GetValue(from),
        };
    }

    private void CheckTogether(CommandResult result)
    {
        if (result.GetValue(follow)) Refuse(result, follow, [key, order, limit, source, minOffsets, wait, asOf]);
        else if (result.GetResult(key) is { Implicit: false }) Refuse(result, key, [where, order, limit, asOf, from]);
        else if (result.GetResult(from) is { Implicit: false }) result.AddError("--from has no meaning without --follow");
        if (result.GetValue(follow) && result.GetValue(format) is not (null or AsLines))
            result.AddError($"--follow prints {AsLines}, no other form");
        if (result.GetValue(limit) < 0) result.AddError("--limit is not below 0");
    }

    private static void Refuse(CommandResult result, Option with, Option[] others)
    {
        foreach (var other in others)
            if (result.GetResult(other) is { Implicit: false }) result.AddError($"{other.Name} has no meaning with {with.Name}");
    }
}
