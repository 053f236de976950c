namespace K2I.Cli.Tests;

public sealed class RedactionTests : IDisposable
{
    private const string Secret = "hunter2-correct-horse";

    // Not an address of this machine: ingest comes as far as opening its endpoints.
    private const string NoAddress = "http.listen=192.0.2.1:1";

    private readonly Harness harness = new();

    public static TheoryData<string> Commands => ["validate", "validate --show", "validate --json --show", "validate --show --connect", "ingest", "status", "tables", "tables --json"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void NoCommandPrintsASecret(string command)
    {
        harness.Environment["PASSWORD"] = Secret + "-env";
        harness.File("secret", Secret + "-file\n");
        var warehouse = Path.Combine(harness.Folder, "w");
        foreach (var (name, text) in new[]
        {
            ("good", $"[kafka]\nbrokers = 127.0.0.1:1\nsecurity.protocol = sasl_ssl\nsasl.mechanism = PLAIN\nsasl.username = u\nsasl.password = {Secret}\nssl.key.password = ${{PASSWORD}}\nclient_id = ${{file:{harness.Folder}/secret}}\n[iceberg]\nwarehouse = {warehouse}\n[engine]\ndata_dir = {warehouse}\n[http]\nlisten = 127.0.0.1:1\ntoken = {Secret}-token\n[table.t]\ntopics = t\nproperty.s3.secret-access-key = {Secret}\n"),
            ("bad values", $"[kafka]\nbrokers = {{0}}\nsasl.password = {Secret}\n[iceberg]\nwarehouse = w\n[engine]\nmemory = ${{PASSWORD}}\nshutdown_timeout = ${{file:{harness.Folder}/secret}}\n[http]\ntoken = hunter2\nlisten = ${{PASSWORD}}\n[table.t]\ntopics = ${{PASSWORD}} x\nformat = ${{PASSWORD}}\nstart = ${{PASSWORD}}\ncolumns = ${{PASSWORD}}<\n"),
            ("bad lines", $"{Secret}\n[kafka]\n{Secret}\nsasl.password {Secret}\nsasl.pasword = {Secret}\nsasl.password = \"{Secret}\n[table.t]\ntopics = t\ntopics = '{Secret}' x\n"),
        })
        {
            var path = harness.File("k2i.ini", text);
            var (code, output, error) = harness.Run([.. command.Split(' '), "--config", path, .. name == "good" ? command == "ingest" ? ["--set", NoAddress] : Array.Empty<string>() : ["--set", $"kafka.ssl.key.pem={Secret}", "--set", $"kafka.nope={Secret}"]]);
            Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
            Assert.NotEqual("", output + error);
            if (name != "good") Assert.Equal(ExitCode.Invalid, code);
        }
    }

    [Fact]
    public void AMistypedCommandLineIsNotRepeatedWithItsValues()
    {
        foreach (var args in new[] { new[] { "ingest", "--sett", "kafka.sasl.password=" + Secret }, ["ingest", "kafka.sasl.password=" + Secret], ["kafka.sasl.password=" + Secret], ["init", "--topic=a", "x=" + Secret] })
        {
            var (code, output, error) = harness.Run(args);
            Assert.Equal(ExitCode.Invalid, code);
            Assert.DoesNotContain(Secret, output + error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheShownConfigurationCanBeUsedAgain()
    {
        harness.Environment["GROUP"] = "from the environment";
        var path = harness.File("k2i.ini", "[kafka]\nbrokers = a:1\ngroup = ${GROUP}\nclient_id = '${GROUP}'\n[iceberg]\nwarehouse = \" w ; x\"\n[table.events]\ntopics = a, ^b{2}\ncolumns = \"\"\"\n  a: int,\n  b: string\n\"\"\"\nproperty.a = b\n");
        var (code, shown, _) = harness.Run("validate", "--show", "--config", path);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("group = ${GROUP}  ; ", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("from the environment", shown, StringComparison.Ordinal);
        var (_, again, _) = harness.Run("validate", "--show", "--config", harness.File("again.ini", shown));
        Assert.Equal(WithoutPlaces(shown), WithoutPlaces(again));
        Assert.Empty(harness.Problems(shown));
        Assert.Equal("${GROUP}", harness.Load(shown).Options!.Engine.Kafka.ClientId);
    }

    public void Dispose() => harness.Dispose();

    private static string WithoutPlaces(string text) => string.Join('\n', text.Split('\n').Select(l => l.Split("  ; ")[0]));
}
