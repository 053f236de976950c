using System.CommandLine;
using System.Text.Json;
using K2I.Cli.Checks;
using K2I.Cli.Config;

namespace K2I.Cli.Commands;

/// <summary><c>k2i validate</c>: is the configuration sound, and with <c>--connect</c>: would it work here and now?</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var connect = new Option<bool>("--connect") { Description = "Also check the broker, the topics, the catalog and the warehouse" };
        var show = new Option<bool>("--show") { Description = "Print the effective configuration, without secrets" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("validate", "Check the configuration") { connect, show, json };
        var config = new ConfigArguments();
        config.AddTo(command);
        command.SetAction(arguments =>
        {
            var loaded = config.Load(arguments, terminal);
            var checks = loaded.Options is not null && arguments.GetValue(connect) ? ConnectionChecks.Run(loaded.Options) : null;
            return (int)(arguments.GetValue(json) ? PrintJson(loaded, checks, arguments.GetValue(show), terminal) : PrintText(loaded, checks, arguments.GetValue(show), terminal));
        });
        return command;
    }

    private static ExitCode PrintText(LoadedConfig config, ConnectionChecks? checks, bool show, Terminal terminal)
    {
        if (show) EffectiveConfig.Write(config, terminal.Out);
        if (config.Options is not { } options) return ConfigArguments.Report(config, terminal);
        if (!show)
            terminal.Say($"{config.Source} is valid: {string.Join("; ", options.Engine.Tables.Select(t => $"{t.Name} from {string.Join(", ", t.Topics)}").Concat(options.Engine.Templates.Select(t => $"{t.Table} from {string.Join(", ", t.Topics)}")))}");
        if (checks is null) return ExitCode.Ok;
        PrintRoutes(checks, terminal);
        CheckReport.Print(checks.Results, config.Redactor, terminal);
        return CheckReport.Outcome(checks.Results);
    }

    private static ExitCode PrintJson(LoadedConfig config, ConnectionChecks? checks, bool show, Terminal terminal)
    {
        JsonOut.Print(terminal.Out, json =>
        {
            json.WriteStartObject();
            json.WriteString("source", config.Source);
            json.WriteBoolean("valid", config.Options is not null);
            json.WriteStartArray("problems");
            foreach (var problem in config.Problems) WriteProblem(json, problem, config.Redactor);
            json.WriteEndArray();
            if (show) EffectiveConfig.Write(config, json);
            if (checks is not null)
            {
                WriteRoutes(json, checks);
                CheckReport.Write(json, checks.Results, config.Redactor);
            }
            json.WriteEndObject();
        });
        return config.Options is null ? ExitCode.Invalid : checks is null ? ExitCode.Ok : CheckReport.Outcome(checks.Results);
    }

    private static void WriteProblem(Utf8JsonWriter json, Problem problem, Redactor redactor)
    {
        json.WriteStartObject();
        json.WriteString("source", problem.Place.Source);
        if (problem.Place.Line > 0)
        {
            json.WriteNumber("line", problem.Place.Line);
            json.WriteNumber("column", problem.Place.Column);
        }
        json.WriteString("message", redactor.Scrub(problem.Message));
        if (problem.Hint is not null) json.WriteString("hint", redactor.Scrub(problem.Hint));
        json.WriteEndObject();
    }

    private static void PrintRoutes(ConnectionChecks checks, Terminal terminal)
    {
        if (checks.Routes.IsEmpty) return;
        var routes = new TextTable("topic", "tables");
        foreach (var (topic, route) in checks.Routes)
            routes.Add(topic, string.Join(", ",
                route.Tables.Select(t => t.Name).Concat(route.Refused.Select(r => $"none of [table.{r.Section}]"))));
        routes.Print(terminal);
        terminal.Out.WriteLine();
    }

    private static void WriteRoutes(Utf8JsonWriter json, ConnectionChecks checks)
    {
        json.WriteStartArray("topics");
        foreach (var (topic, route) in checks.Routes)
        {
            json.WriteStartObject();
            json.WriteString("topic", topic);
            json.WriteStartArray("tables");
            foreach (var table in route.Tables) json.WriteStringValue(table.Name);
            json.WriteEndArray();
            json.WriteStartArray("refused");
            foreach (var refused in route.Refused)
            {
                json.WriteStartObject();
                json.WriteString("section", refused.Section);
                json.WriteString("reason", refused.Reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
