using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Cli.Commands;

/// <summary><c>k2i tables check NAME</c>: what of a table is against the format.</summary>
internal static class TableCheck
{
    public static ExitCode Run(Catalogs catalogs, TableIdent ident, LintOptions options, bool json, Terminal terminal)
    {
        ImmutableArray<Finding> findings;
        try
        {
            findings = new TableLinter(catalogs.Store).Check(catalogs.Catalog.Load(ident), options);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Corrupt)
        {
            findings = [new Finding(Severity.Error, "metadata", "", error.Message)];
        }
        if (json) PrintJson(ident, findings, terminal.Out);
        else PrintText(ident, findings, terminal);
        return findings.Any(f => f.Severity == Severity.Error) ? ExitCode.Failed : ExitCode.Ok;
    }

    private static void PrintText(TableIdent ident, ImmutableArray<Finding> findings, Terminal terminal)
    {
        foreach (var finding in findings)
        {
            terminal.Say($"{Word(finding.Severity)} {finding.Rule}: {finding.Message}");
            if (finding.Path.Length > 0) terminal.Say($"  in {finding.Path}");
        }
        var errors = findings.Count(f => f.Severity == Severity.Error);
        terminal.Say(findings.IsEmpty ? $"{ident}: nothing found" : $"{ident}: {errors} errors, {findings.Length - errors} warnings");
    }

    private static void PrintJson(TableIdent ident, ImmutableArray<Finding> findings, TextWriter output) => JsonOut.Print(output, json =>
    {
        json.WriteStartObject();
        json.WriteString("name", ident.ToString());
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", Word(finding.Severity));
            json.WriteString("rule", finding.Rule);
            json.WriteString("path", finding.Path);
            json.WriteString("message", finding.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static string Word(Severity severity) => severity == Severity.Error ? "error" : "warning";
}
