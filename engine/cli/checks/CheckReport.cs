using System.Text.Json;
using K2I.Cli.Config;

namespace K2I.Cli.Checks;

/// <summary>What checks found, for people, machines and the exit code. Secrets are taken out.</summary>
internal static class CheckReport
{
    public static void Print(List<CheckResult> checks, Redactor redactor, Terminal terminal)
    {
        var table = new TextTable("check", "result", "detail");
        foreach (var check in checks) table.Add(check.Name, check.Ok ? "ok" : "failed", redactor.Scrub(check.Detail));
        table.Print(terminal);
        foreach (var check in checks.Where(c => c.Hint is not null)) terminal.Error.WriteLine($"{check.Name}: {check.Hint}");
    }

    public static void Write(Utf8JsonWriter json, List<CheckResult> checks, Redactor redactor)
    {
        json.WriteStartArray("checks");
        foreach (var check in checks)
        {
            json.WriteStartObject();
            json.WriteString("check", check.Name);
            json.WriteBoolean("ok", check.Ok);
            json.WriteString("detail", redactor.Scrub(check.Detail));
            if (check.Hint is not null) json.WriteString("hint", redactor.Scrub(check.Hint));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static ExitCode Outcome(List<CheckResult> checks) => checks.TrueForAll(c => c.Ok) ? ExitCode.Ok
        : checks.Exists(c => !c.Ok && c.Unreachable) ? ExitCode.Unreachable : ExitCode.Failed;
}
