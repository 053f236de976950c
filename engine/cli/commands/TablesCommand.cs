using System.CommandLine;
using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary>
/// <c>k2i tables</c> and its parts <c>show</c>, <c>read</c> and <c>check</c>: what stands in the catalog, whether or not k2i runs;
/// <see cref="TableChanges"/> change it.
/// </summary>
internal static class TablesCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON", Recursive = true };
        var source = new TableSource(terminal);
        var command = new Command("tables", "List the tables of the catalog") { json };
        source.AddTo(command);
        command.SetAction(arguments => (int)source.OfCatalog(arguments, (catalogs, _) =>
        {
            var tables = catalogs.Tables().OrderBy(t => t.Ident.ToString(), StringComparer.Ordinal).ToList();
            if (arguments.GetValue(json)) TablesJson.Print(terminal.Out, tables);
            else PrintList(terminal, tables);
            return ExitCode.Ok;
        }));
        command.Subcommands.Add(CreateShow(source, json, terminal));
        command.Subcommands.Add(CreateRead(source, terminal));
        command.Subcommands.Add(CreateCheck(source, json, terminal));
        foreach (var change in TableChanges.Create(source, json, terminal)) command.Subcommands.Add(change);
        return command;
    }

    private static Command CreateShow(TableSource source, Option<bool> json, Terminal terminal)
    {
        var files = new Option<bool>("--files") { Description = "List every data file" };
        var show = new Command("show", "One table: columns, offsets, maintenance, snapshots, files") { files };
        show.SetAction(source.OfOneTable(show, (arguments, catalogs, ident, options) =>
        {
            var page = new TablePage(catalogs.Catalog.Load(ident), catalogs, options, arguments.GetValue(files));
            if (arguments.GetValue(json)) page.PrintJson(terminal.Out);
            else page.PrintText(terminal);
            return ExitCode.Ok;
        }));
        return show;
    }

    private static Command CreateRead(TableSource source, Terminal terminal)
    {
        var columns = new Option<string?>("--columns") { Description = "Only these, struct fields by dotted path", HelpName = "A,B.C" };
        var snapshot = new Option<long?>("--snapshot") { Description = "Rows as of this snapshot", HelpName = "ID" };
        var filter = new Option<string?>("--filter")
        {
            Description = "Only rows that fit: comparisons, in, is null, like; and, or, not, parentheses",
            HelpName = "'a = 5 and b is not null'",
        };
        var format = new Option<string>("--format")
        {
            Description = "json (an object a line), csv, or arrow (an IPC stream)",
            DefaultValueFactory = _ => "json",
        };
        format.AcceptOnlyFromAmong(TableRows.Formats);
        var limit = new Option<long>("--limit") { Description = "At most so many rows; 0 for all", DefaultValueFactory = _ => 10 };
        var read = new Command("read", "Print rows") { columns, filter, snapshot, limit, format };
        read.SetAction(source.OfOneTable(read, (arguments, catalogs, ident, _) =>
        {
            var request = new ScanRequest
            {
                SnapshotId = arguments.GetValue(snapshot) is { } id ? new SnapshotId(id) : null,
                Filter = arguments.GetValue(filter) is { } condition ? ScanFilter.Parse(condition) : null,
                Columns = arguments.GetValue(columns) is { } text
                    ? [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] : [],
            };
            var scan = new TableScan(catalogs.Catalog.Load(ident), catalogs.Store, request);
            TableRows.Print(scan, Math.Max(0, arguments.GetValue(limit)), arguments.GetValue(format)!, terminal.Out);
            return ExitCode.Ok;
        }));
        return read;
    }

    private static Command CreateCheck(TableSource source, Option<bool> json, Terminal terminal)
    {
        var deep = new Option<bool>("--deep")
        {
            Description = "Open every data and delete file too: footers and rows of deletes, not rows of data; a few reads for each file",
        };
        var current = new Option<bool>("--current") { Description = "Only the current snapshot" };
        var orphans = new Option<bool>("--orphans") { Description = "Name files that nothing refers to; a writer at work has some" };
        var check = new Command("check", "Whether a table is as the format demands; exits non-zero if not") { deep, current, orphans };
        check.SetAction(source.OfOneTable(check, (arguments, catalogs, ident, _) => TableCheck.Run(catalogs, ident,
            new LintOptions
            {
                Deep = arguments.GetValue(deep),
                CurrentOnly = arguments.GetValue(current),
                Orphans = arguments.GetValue(orphans),
            },
            arguments.GetValue(json), terminal)));
        return check;
    }

    private static void PrintList(Terminal terminal, List<Table> tables)
    {
        if (tables.Count == 0)
        {
            terminal.Out.WriteLine("no tables yet");
            return;
        }
        var list = new TextTable("table", ">rows", ">files", ">size", ">snapshots", "last change", "fed from");
        foreach (var table in tables)
            list.Add(table.Ident.ToString(), TableFacts.Grouped(TableFacts.Total(table, SummaryKeys.TotalRecords)), TableFacts.Grouped(TableFacts.Total(table, SummaryKeys.TotalDataFiles)),
                Units.FormatBytes(TableFacts.Total(table, SummaryKeys.TotalFilesSize)), TableFacts.Grouped(table.Metadata.Snapshots.Length),
                TableFacts.Time(table.Metadata.LastUpdatedMs), string.Join(", ", OffsetMap.Of(table).Topics.Select(t => t.Key)));
        list.Print(terminal);
    }
}
