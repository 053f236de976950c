using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;
using K2I.Cli.Running;

namespace K2I.Cli.Commands;

/// <summary><c>k2i status</c>: asks the running process how it goes.</summary>
internal static class StatusCommand
{
    private const string DefaultUrl = "http://127.0.0.1:9464";

    public static Command Create(Terminal terminal)
    {
        var url = new Option<string?>("--url") { Description = $"Where the process listens (default: [http] of the configuration, else {DefaultUrl}); its token is taken from K2I_HTTP_TOKEN", HelpName = "URL" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("status", "Ask the running process how it goes; exit code 3 if it does not answer, 4 if it is unhealthy") { url, json };
        var config = new ConfigArguments();
        config.AddTo(command);
        command.SetAction(arguments => (int)Run(config, arguments, arguments.GetValue(url), arguments.GetValue(json), terminal));
        return command;
    }

    private static ExitCode Run(ConfigArguments arguments, ParseResult parsed, string? url, bool json, Terminal terminal)
    {
        var address = url ?? DefaultUrl;
        var token = terminal.Environment.GetValueOrDefault("K2I_HTTP_TOKEN");
        string? certificate = null;
        if (url is null && arguments.IsGiven(parsed))
        {
            var config = arguments.Load(parsed, terminal);
            if (config.Options is null) return ConfigArguments.Report(config, terminal);
            if (config.Options.Http is not { } http)
            {
                terminal.Error.WriteLine("k2i: [http] listen is off, so there is nothing to ask");
                return ExitCode.Invalid;
            }
            address = StatusClient.AddressOf(http);
            (token, certificate) = (http.Token, http.CertificateFile);
        }
        if (!Uri.TryCreate(address, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
        {
            terminal.Error.WriteLine($"k2i: --url: expected http://host:port or https://host:port, found '{address}'");
            return ExitCode.Invalid;
        }
        try
        {
            using var status = StatusClient.Get(target, token, certificate);
            if (json) JsonOut.Print(terminal.Out, status.RootElement.WriteTo);
            else Print(status.RootElement, terminal);
            return status.RootElement.GetProperty("healthy").GetBoolean() ? ExitCode.Ok : ExitCode.Unhealthy;
        }
        catch (EngineException error)
        {
            terminal.Error.WriteLine($"k2i: {error.Message}");
            return error.Kind == ErrorKind.Unavailable ? ExitCode.Unreachable : ExitCode.Failed;
        }
    }

    private static void Print(JsonElement status, Terminal terminal)
    {
        var stopping = status.GetProperty("stopping").GetBoolean();
        var words = stopping ? "stopping" : status.GetProperty("healthy").GetBoolean() ? "healthy" : "unhealthy";
        terminal.Say($"k2i {status.GetProperty("version").GetString()}: {words}, up for {ValueReader.FormatMs(status.GetProperty("uptime_ms").GetInt64() / 1000 * 1000)}");
        terminal.Out.WriteLine();
        var table = new TextTable("table", "state", ">rows", ">committed", ">dead letters", ">lag", ">buffered", "last commit");
        foreach (var t in status.GetProperty("tables").EnumerateArray())
            table.Add(t.GetProperty("name").GetString()!, t.GetProperty("state").GetString()!, Number(t, "rows"), Number(t, "rows_committed"),
                t.GetProperty("dead_letters").EnumerateObject().Sum(d => d.Value.GetInt64()).ToString("N0", CultureInfo.InvariantCulture), Number(t, "lag"),
                Units.FormatBytes(t.GetProperty("ring_bytes").GetInt64()), Ago(t.GetProperty("last_commit_unix_ms").GetInt64(), status));
        table.Print(terminal);
        foreach (var t in status.GetProperty("tables").EnumerateArray())
        {
            var name = t.GetProperty("name").GetString();
            var detail = Text(t, "detail");
            if (Text(t, "recovering") is { } recovering) terminal.Say($"{name}: {recovering}");
            if (detail is not null) terminal.Say($"{name}: {detail}");
            if (Text(t, "wal_trouble") is { } trouble && trouble != detail) terminal.Say($"{name}: log: {trouble}");
            if (Text(t, "last_error") is { } error && error != detail) terminal.Say($"{name}: last error: {error}");
            if (MissingTopics(t) is { Length: > 0 } missing) terminal.Say($"{name}: missing in Kafka: {string.Join(", ", missing)}");
            if (Text(t, "pause_reason") is { } reason) terminal.Say($"{name}: paused for {reason}; to go on: {ResumeCommand.Hint(name!, reason)}");
        }
    }

    /// <summary>Null for an empty text, and for one that an older process does not tell.</summary>
    private static string? Text(JsonElement table, string name) => table.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } text ? text : null;

    private static string[] MissingTopics(JsonElement table) =>
        table.TryGetProperty("missing_topics", out var topics) ? [.. topics.EnumerateArray().Select(t => t.GetString()!)] : [];

    private static string Number(JsonElement table, string name) => table.GetProperty(name).GetInt64().ToString("N0", CultureInfo.InvariantCulture);

    private static string Ago(long unixMs, JsonElement status)
    {
        var now = status.GetProperty("started_unix_ms").GetInt64() + status.GetProperty("uptime_ms").GetInt64();
        return unixMs == 0 ? "never" : $"{ValueReader.FormatMs(Math.Max(0, now - unixMs) / 1000 * 1000)} ago";
    }
}
