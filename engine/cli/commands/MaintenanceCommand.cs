using System.Collections.Immutable;
using System.CommandLine;
using K2I.Base;
using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary>
/// <c>k2i maintenance plan|compact|expire|orphans|manifests|statistics|retention|all TABLE</c>: a table of the catalog kept in shape by
/// hand, whether or not something writes to it meanwhile: the table itself decides between commits.
/// </summary>
internal static class MaintenanceCommand
{
    public static Command Create(Terminal terminal)
    {
        var common = new Common(terminal);
        var command = new Command("maintenance",
            "Keep a table in shape: small files, old snapshots, files that nothing names, manifests, statistics, retention");
        command.Subcommands.Add(Plan(common));
        command.Subcommands.Add(Compact(common));
        command.Subcommands.Add(Expire(common));
        command.Subcommands.Add(Orphans(common));
        command.Subcommands.Add(Part(
            "manifests", "Write manifests anew where they are many or badly sorted", common,
            line => Work(line, common, [JobKind.Manifests])));
        command.Subcommands.Add(Part(
            "statistics", "Count distinct values for other engines' planners; reads the rows that came since the last time", common,
            line => Work(line, common, [JobKind.Statistics])));
        command.Subcommands.Add(Part(
            "retention", "Take out files whose rows are all older than [table.NAME] retention", common,
            line => Work(line, common, [JobKind.Retention])));
        command.Subcommands.Add(Part(
            "all", "All of it, as far as it is due; orphans are only told of", common, line => Work(line, common, [.. Planner.Kinds])));
        return command;
    }

    private static Command Plan(Common common)
    {
        var where = Where();
        MaintenanceRequest Request(ParseResult line) =>
            Work(line, common, [.. Planner.Kinds]) with { DryRun = true, Where = ConditionOf(line, where) };
        var part = Part("plan", "What is to be done for the table, and why; changes nothing", common, Request);
        part.Options.Add(where);
        return part;
    }

    private static Option<string?> Where() => new("--where")
    {
        Description = "Merge only files that may hold rows that fit: the conditions of k2i tables read",
        HelpName = "'a = 5 and b is not null'",
    };

    private static ScanFilter? ConditionOf(ParseResult line, Option<string?> where) =>
        line.GetValue(where) is { } text ? ScanFilter.Parse(text) : null;

    private static Command Compact(Common common)
    {
        var where = Where();
        var sort = new Option<string?>("--sort-by")
        {
            Description = "Sort the rows by these columns, commas between",
            HelpName = "COLUMNS",
        };
        var zorder = new Option<string?>("--zorder") { Description = "Lay them in Z-order of these columns", HelpName = "COLUMNS" };
        RowOrder? OrderOf(ParseResult line) =>
            line.GetValue(sort) is { } sorted ? new RowOrder(RowOrderKind.Sorted, Names(sorted))
            : line.GetValue(zorder) is { } curved ? new RowOrder(RowOrderKind.ZOrder, Names(curved))
            : null;
        MaintenanceRequest Request(ParseResult line) =>
            Work(line, common, [JobKind.Compaction]) with { Order = OrderOf(line), Where = ConditionOf(line, where) };
        var part = Part("compact", "Merge small files, and write those anew of which many rows are deleted", common, Request);
        foreach (var option in (Option[])[where, sort, zorder]) part.Options.Add(option);
        part.Validators.Add(line =>
        {
            if (line.GetResult(sort) is not null && line.GetResult(zorder) is not null)
                line.AddError("--sort-by and --zorder exclude each other");
        });
        return part;
    }

    private static ImmutableArray<string> Names(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static Command Expire(Common common)
    {
        var age = Time("--older-than", "Snapshots older than this, such as 12h, whatever configuration and table say");
        var keep = new Option<int?>("--keep") { Description = "Keep so many snapshots of each branch", HelpName = "N" };
        MaintenanceRequest Request(ParseResult line) =>
            Work(line, common, [JobKind.Expiry]) with { OlderThanMs = MsOf(line, age), KeepSnapshots = line.GetValue(keep) };
        var part = Part("expire", "Take out old snapshots, then the files that only they need", common, Request);
        part.Options.Add(age);
        part.Options.Add(keep);
        return part;
    }

    private static Command Orphans(Common common)
    {
        var remove = new Option<bool>("--remove") { Description = "Remove them; without it they are only told of" };
        var age = Time("--older-than", "Only files that were not changed for so long; 3d unless configured");
        var force = new Option<bool>("--force")
        {
            Description = "Also where it is so much that the place looks wrong, and with less than 1d",
        };
        var location = new Option<string?>("--location")
        {
            Description = "Look below this location instead of the table's own",
            HelpName = "LOCATION",
        };
        MaintenanceRequest Request(ParseResult line) => Work(line, common, [JobKind.Orphans]) with
        {
            Remove = line.GetValue(remove),
            Force = line.GetValue(force),
            Location = line.GetValue(location),
            OlderThanMs = MsOf(line, age),
        };
        var part = Part("orphans", "Files below the table's location that it does not name", common, Request);
        foreach (var option in (Option[])[remove, age, force, location]) part.Options.Add(option);
        return part;
    }

    private static Command Part(string name, string description, Common common, Func<ParseResult, MaintenanceRequest> request)
    {
        var part = new Command(name, description) { common.Table, common.DryRun, common.Json, common.Warehouse };
        common.Config.AddTo(part);
        part.SetAction(line =>
        {
            EngineOptions? options = null;
            var iceberg = new IcebergOptions { Warehouse = line.GetValue(common.Warehouse) ?? "" };
            if (line.GetValue(common.Warehouse) is null)
            {
                var config = common.Config.Load(line, common.Terminal);
                if (config.Options is null) return (int)ConfigArguments.Report(config, common.Terminal);
                options = config.Options.Engine;
                iceberg = options.Iceberg;
            }
            using var run = new MaintenanceRun(Catalogs.Open(iceberg), options, request(line), common.Terminal);
            return (int)run.Go();
        });
        return part;
    }

    private static MaintenanceRequest Work(ParseResult line, Common common, JobKind[] kinds) => new()
    {
        Table = line.GetValue(common.Table)!,
        Kinds = kinds,
        DryRun = line.GetValue(common.DryRun),
        Json = line.GetValue(common.Json),
    };

    private static Option<string?> Time(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var token] || Units.TryParseMs(token.Value, out _)) return;
            result.AddError($"{name}: expected a time such as 3d, found '{token.Value}'");
        });
        return option;
    }

    private static long? MsOf(ParseResult line, Option<string?> option) =>
        line.GetValue(option) is { } text && Units.TryParseMs(text, out var ms) ? ms : null;

    /// <summary>What every part takes.</summary>
    private sealed class Common(Terminal terminal)
    {
        public Terminal Terminal => terminal;

        public Argument<string> Table { get; } = new("table") { Description = "table or namespace.table" };

        public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Say what would be done" };

        public Option<bool> Json { get; } = new("--json") { Description = "Print JSON" };

        public Option<string?> Warehouse { get; } = new("--warehouse", "-w")
        {
            Description = "A table of this warehouse, without a configuration",
            HelpName = "DIR",
        };

        public ConfigArguments Config { get; } = new();
    }
}
