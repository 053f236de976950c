using K2I.Decode;
using K2I.Pipeline;

namespace K2I.Cli.Tests;

public sealed class TemplateConfigTests : IDisposable
{
    private const string Before = "[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = w\n";
    private const string Cdc = "[table.cdc]\ntopics = ^shop\\.(?<db>\\w+)\\.(?<entity>\\w+)$\ntable = ${db}.${entity}\n";

    private const string Routed = "[table.events]\ntopics = events\nroute_by = head.kind\ntable = e_${value}\n";

    private readonly Harness harness = new();

    public void Dispose() => harness.Dispose();

    [Fact]
    public void ASectionWithTableIsATemplateAndGroupsAreNotTheEnvironment()
    {
        harness.Environment["db"] = "not this";
        var options = harness.Load(Before + Cdc + "max_tables = 7\nunknown_fields = evolve\n").Options!.Engine;
        Assert.Empty(options.Tables);
        var template = Assert.Single(options.Templates);
        Assert.Equal(("cdc", "${db}.${entity}", 7, UnknownFields.Evolve),
            (template.Section, template.Table, template.MaxTables, template.Options.UnknownFields));
        Assert.Equal(@"^shop\.(?<db>\w+)\.(?<entity>\w+)$", Assert.Single(template.Topics));
    }

    [Fact]
    public void AnExactSectionWithoutTopicsOverridesTheTablesOfTemplates()
    {
        var text = Before + Cdc + "unknown_fields = evolve\n[table.a.orders]\nflush.rows = 5\n[table.other]\ntopics = other\n";
        var options = harness.Load(text).Options!.Engine;
        Assert.Equal("other", Assert.Single(options.Tables).Name);
        var own = options.Templates[0].Overrides["a.orders"];
        Assert.Equal((UnknownFields.Evolve, 5), (own.UnknownFields, own.Flush.Rows));
        Assert.NotEqual(5, options.Templates[0].Options.Flush.Rows);
    }

    [Theory]
    [InlineData(Before + "[table.cdc]\ntopics = ^s\\.(?<db>\\w+)$\ntable = ${dbs}",
        "k2i.ini:7:9: [table.cdc] table: the expression ^s\\.(?<db>\\w+)$ has no group 'dbs'; did you mean 'db'?")]
    [InlineData(Before + "[table.cdc]\ntopics = orders, ^s\\.(?<db>\\w+)$\ntable = x.${db}",
        "k2i.ini:7:11: [table.cdc] table: the topic orders has no group 'db'; there is ${topic}")]
    [InlineData(Before + "[table.cdc]\ntopics = ^s\ntable = ${topic", "k2i.ini:7:9: [table.cdc] table: expected a name and '}' after '${'")]
    [InlineData(Before + "[table.cdc]\ntopics = ^s\ntable =",
        "k2i.ini:7:8: [table.cdc] table: expected a name such as ${db}.${entity}, found nothing; "
                + "without a value a key is left out or commented")]
    [InlineData(Before + "[table.cdc]\ntable = x.${topic}",
        "k2i.ini:5:1: [table.cdc] topics: expected topic names or ^regular-expressions, separated by commas, found nothing")]
    [InlineData(Before + "[table.a]\ntopics = a\nmax_tables = 5",
        "k2i.ini:7:1: [table.a] max_tables: has no meaning without table; table = ${…} makes a table of each topic")]
    [InlineData(Before + Cdc + "[table.a.b]\nmax_tables = 5",
        "k2i.ini:9:1: [table.a.b] max_tables: has no meaning for one table; it belongs into the section that has table")]
    [InlineData(Before + Cdc + "[table.A.b]\nmax_depth = 5",
        "k2i.ini:8:1: [table.A.b]: expected the name of a table that a template makes, of a-z, 0-9 and _, found 'A.b'")]
    [InlineData(Before + Cdc + "[table.a.b]\nmax_depth = no", "k2i.ini:9:13: [table.a.b] max_depth: expected a whole number, found 'no'")]
    [InlineData(Before + Cdc + "max_depth = no\n[table.a.b]\nflush.rows = 5",
        "k2i.ini:8:13: [table.cdc] max_depth: expected a whole number, found 'no'")]
    public void SaysWhatIsWrongWithATemplate(string text, string message) => Assert.Equal(message, Assert.Single(harness.Problems(text)));

    [Fact]
    public void WithRouteByRecordsGoToTablesByAValue()
    {
        harness.Environment["value"] = "not this";
        var options = harness.Load(Before + Routed + "max_tables = 7\ncolumns = id: long").Options!.Engine;
        Assert.Empty(options.Templates);
        var table = Assert.Single(options.Tables);
        Assert.Equal(new() { Field = "head.kind", Table = "e_${value}", MaxTables = 7 }, table.Routing);
        Assert.Equal(("events", "id: long"), (table.Name, table.Columns));
    }

    [Theory]
    [InlineData(Before + "[table.a]\ntopics = a\nroute_by = kind",
        "k2i.ini:7:1: [table.a] route_by: the tables need a name with ${value}; table = events_${value}")]
    [InlineData(Before + "[table.a]\ntopics = a\nroute_by = kind\ntable = same",
        "k2i.ini:8:1: [table.a] table: the tables need a name with ${value}; table = events_${value}")]
    [InlineData(Before + "[table.a]\ntopics = a\nroute_by = kind\ntable = ${value}_${topic}",
        "k2i.ini:8:18: [table.a] table: with route_by there is ${value} alone")]
    [InlineData(Before + "[table.a]\ntopics = a\nroute_by = kind, of\ntable = ${value}",
        "k2i.ini:7:12: [table.a] route_by: expected one field")]
    [InlineData(Before + "[table.a]\ntopics = a\nformat = raw\nroute_by = kind\ntable = ${value}",
        "k2i.ini:8:1: [table.a] route_by: has no meaning with format = raw")]
    public void SaysWhatIsWrongWithARoute(string text, string message) => Assert.Equal(message, Assert.Single(harness.Problems(text)));

    [Fact]
    public void TheConfigurationShownCanBeUsedAgain()
    {
        var file = harness.File("k2i.ini", Before + Cdc);
        var shown = harness.Run("validate", "--show", "--config", file).Out;
        Assert.Equal("${db}.${entity}", harness.Load(shown).Options!.Engine.Templates[0].Table);
        Assert.Contains("${db}.${entity} from ^shop", harness.Run("validate", "--config", file).Out, StringComparison.Ordinal);
    }
}
