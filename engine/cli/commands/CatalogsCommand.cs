using System.CommandLine;
using K2I.Cli.Checks;

namespace K2I.Cli.Commands;

/// <summary>
/// <c>k2i catalogs check</c>: is the catalog of the configuration there, and may its user do in it and its store what ingest will?
/// </summary>
internal static class CatalogsCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("catalogs", "The catalog of the configuration");
        command.Subcommands.Add(CreateCheck(terminal));
        return command;
    }

    private static Command CreateCheck(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var config = new ConfigArguments();
        var check = new Command("check",
            "Try each right in the catalog and its store that ingest needs, by name; what is made for it is removed") { json };
        config.AddTo(check);
        check.SetAction(arguments =>
        {
            var loaded = config.Load(arguments, terminal);
            if (loaded.Options is not { } options) return (int)ConfigArguments.Report(loaded, terminal);
            List<CheckResult> results = [.. CatalogCheck.Run(options.Engine), .. WarehouseCheck.Run(options.Engine)];
            if (!arguments.GetValue(json)) CheckReport.Print(results, loaded.Redactor, terminal);
            else JsonOut.Print(terminal.Out, writer =>
            {
                writer.WriteStartObject();
                CheckReport.Write(writer, results, loaded.Redactor);
                writer.WriteEndObject();
            });
            return (int)CheckReport.Outcome(results);
        });
        return check;
    }
}
