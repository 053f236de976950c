using K2I.Decode;

namespace K2I.Cli.Tests;

/// <summary>What a table's section says of keys that have fields.</summary>
public sealed class KeyConfigTests : IDisposable
{
    private const string Before = "[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = w\n[table.a]\ntopics = a\n";
    private const string Registry = "[registry]\nurl = http://r\n";

    private readonly Harness harness = new();

    public void Dispose() => harness.Dispose();

    [Fact]
    public void KeysHaveAFormatAndColumnsOfTheirOwn()
    {
        var text = Registry + Before + "key_format = protobuf\nkey_columns = struct\nkey_message = a.K";
        var table = Assert.Single(harness.Load(text).Options!.Engine.Tables);
        Assert.Equal((KeyForm.Protobuf, KeyShape.Struct, "a.K"), (table.KeyForm, table.KeyColumns, table.KeyMessage));
        Assert.Equal(KeyShape.Flat, Assert.Single(harness.Load(Before + "key_format = json").Options!.Engine.Tables).KeyColumns);
    }

    [Theory]
    [InlineData("key_format = avro",
        "k2i.ini:7:14: [table.a] key_format: keys name schemas, and there is no [registry]; "
            + "add [registry] with url, or key_schema = FILE here")]
    [InlineData("key_format = string\nkey_columns = struct", "k2i.ini:8:1: [table.a] key_columns: has no meaning with key_format = string")]
    [InlineData("key_format = json\nkey_message = a.K", "k2i.ini:8:1: [table.a] key_message: has no meaning with key_format = json")]
    [InlineData("format = raw\nkey_columns = struct", "k2i.ini:8:1: [table.a] key_columns: has no meaning with format = raw")]
    public void SaysWhatIsWrong(string lines, string message) => Assert.Equal(message, Assert.Single(harness.Problems(Before + lines)));
}
