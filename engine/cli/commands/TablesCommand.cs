using System.CommandLine;
using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary><c>k2i tables</c> and its parts <c>show NAME</c>, <c>read NAME</c> and <c>check NAME</c>: what stands in the catalog, whether or not k2i runs.</summary>
internal static class TablesCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON", Recursive = true };
        var warehouse = new Option<string?>("--warehouse", "-w") { Description = "Look into this warehouse, without a configuration", HelpName = "DIR", Recursive = true };
        var config = new ConfigArguments { Recursive = true };
        var command = new Command("tables", "List the tables of the catalog") { json, warehouse };
        config.AddTo(command);
        command.SetAction(arguments => (int)With(config, arguments, arguments.GetValue(warehouse), terminal, catalogs =>
        {
            var tables = catalogs.Tables().OrderBy(t => t.Ident.ToString(), StringComparer.Ordinal).ToList();
            if (arguments.GetValue(json)) TablesJson.Print(terminal.Out, tables);
            else PrintList(terminal, tables);
        }));
        command.Subcommands.Add(CreateShow(config, json, warehouse, terminal));
        command.Subcommands.Add(CreateRead(config, warehouse, terminal));
        command.Subcommands.Add(CreateCheck(config, json, warehouse, terminal));
        return command;
    }

    private static Command CreateShow(ConfigArguments config, Option<bool> json, Option<string?> warehouse, Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "table or namespace.table" };
        var files = new Option<bool>("--files") { Description = "List every data file" };
        var show = new Command("show", "One table: columns, offsets, maintenance, snapshots, files") { name, files };
        show.SetAction(arguments => (int)With(config, arguments, arguments.GetValue(warehouse), terminal, (catalogs, options) =>
        {
            var table = catalogs.Catalog.Load(catalogs.IdentOf(arguments.GetValue(name)!));
            var page = new TablePage(table, catalogs, options, arguments.GetValue(files));
            if (arguments.GetValue(json)) page.PrintJson(terminal.Out);
            else page.PrintText(terminal);
            return ExitCode.Ok;
        }));
        return show;
    }

    private static Command CreateRead(ConfigArguments config, Option<string?> warehouse, Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "table or namespace.table" };
        var columns = new Option<string?>("--columns") { Description = "Only these, struct fields by dotted path", HelpName = "A,B.C" };
        var snapshot = new Option<long?>("--snapshot") { Description = "Rows as of this snapshot", HelpName = "ID" };
        var filter = new Option<string?>("--filter") { Description = "Only rows that fit: comparisons, in, is null, like; and, or, not, parentheses", HelpName = "'a = 5 and b is not null'" };
        var format = new Option<string>("--format") { Description = "json (an object a line), csv, or arrow (an IPC stream)", DefaultValueFactory = _ => "json" };
        format.AcceptOnlyFromAmong(TableRows.Formats);
        var limit = new Option<long>("--limit") { Description = "At most so many rows; 0 for all", DefaultValueFactory = _ => 10 };
        var read = new Command("read", "Print rows") { name, columns, filter, snapshot, limit, format };
        read.SetAction(arguments => (int)With(config, arguments, arguments.GetValue(warehouse), terminal, catalogs =>
        {
            var request = new ScanRequest
            {
                SnapshotId = arguments.GetValue(snapshot) is { } id ? new SnapshotId(id) : null,
                Filter = arguments.GetValue(filter) is { } condition ? ScanFilter.Parse(condition) : null,
                Columns = arguments.GetValue(columns) is { } text ? [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] : [],
            };
            var table = catalogs.Catalog.Load(catalogs.IdentOf(arguments.GetValue(name)!));
            TableRows.Print(new TableScan(table, catalogs.Store, request), Math.Max(0, arguments.GetValue(limit)), arguments.GetValue(format)!, terminal.Out);
        }));
        return read;
    }

    private static Command CreateCheck(ConfigArguments config, Option<bool> json, Option<string?> warehouse, Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "table or namespace.table" };
        var deep = new Option<bool>("--deep") { Description = "Open every data and delete file too: footers and rows of deletes, not rows of data; a few reads for each file" };
        var current = new Option<bool>("--current") { Description = "Only the current snapshot" };
        var orphans = new Option<bool>("--orphans") { Description = "Name files that nothing refers to; a writer at work has some" };
        var check = new Command("check", "Whether a table is as the format demands; exits non-zero if not") { name, deep, current, orphans };
        check.SetAction(arguments => (int)With(config, arguments, arguments.GetValue(warehouse), terminal, (catalogs, _) =>
            TableCheck.Run(catalogs, arguments.GetValue(name)!,
                new LintOptions { Deep = arguments.GetValue(deep), CurrentOnly = arguments.GetValue(current), Orphans = arguments.GetValue(orphans) }, arguments.GetValue(json), terminal)));
        return check;
    }

    private static ExitCode With(ConfigArguments arguments, ParseResult parsed, string? warehouse, Terminal terminal, Action<Catalogs> look) => With(arguments, parsed, warehouse, terminal, (catalogs, _) =>
    {
        look(catalogs);
        return ExitCode.Ok;
    });

    private static ExitCode With(ConfigArguments arguments, ParseResult parsed, string? warehouse, Terminal terminal, Func<Catalogs, EngineOptions?, ExitCode> look)
    {
        if (warehouse is not null) return look(Catalogs.Open(new IcebergOptions { Warehouse = warehouse }), null);
        var config = arguments.Load(parsed, terminal);
        return config.Options is { } options
            ? look(Catalogs.Open(options.Engine.Iceberg), options.Engine) : ConfigArguments.Report(config, terminal);
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
