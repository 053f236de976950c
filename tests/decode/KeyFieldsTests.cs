using System.Text;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Decode.Tests;

/// <summary>Keys whose fields have columns beside those of the value.</summary>
public sealed class KeyFieldsTests
{
    [Theory]
    [InlineData(false, """{"id":7,"of":{"a":"x"}}""", "5|7|{a=x}")]
    [InlineData(false, """{"id":7}""", "5|7|null")]
    [InlineData(false, null, "5|null|null")]
    [InlineData(true, """{"id":7,"of":{"a":"x"}}""", "5|{id=7,of={a=x}}")]
    [InlineData(true, null, "5|null")]
    public void FieldsOfKeysHaveColumns(bool isStruct, string? key, string row)
    {
        using var table = new Table(isStruct, isStruct ? "n: long, key: struct<id: long, of: struct<a: string>>"
            : "n: long, key_id: long, key_of: struct<a: string>");
        for (var i = 0; i < 3; i++) Assert.Equal(row, table.Take("""{"n":5}""", key));
    }

    [Theory]
    [InlineData(false, "n: long", "key_id: long, key_of: struct<a: string>")]
    [InlineData(true, "n: long", "key: struct<id: long, of: struct<a: string>>")]
    [InlineData(false, "n: long, key_id: long", "key_of: struct<a: string>")]
    public void ColumnsThatKeysLackAreAskedFor(bool isStruct, string columns, string lacking)
    {
        using var table = new Table(isStruct, columns);
        Assert.Equal(nameof(DecodeStatus.NewField), table.Take("""{"n":5}""", """{"id":7,"of":{"a":"x"}}"""));
        Assert.True(table.Decoder.IsOfKey);
        var changes = table.Decoder.Changes([]);
        Assert.Equal(lacking, ColumnText.Format(changes.Cast<NewField>().Select(c => c.Field)));
        Assert.All(changes, c => Assert.Equal("", ((NewField)c).ParentPath));
        var record = new RecordInput("{}"u8) { Key = """{"id":7,"of":{"a":"x"}}"""u8, KeyIsNull = false };
        var first = KeyFieldsDecoder.ColumnsOf(in record, isStruct, Table.Keys);
        Assert.Equal(isStruct ? "key: struct<id: long, of: struct<a: string>>" : "key_id: long, key_of: struct<a: string>",
            ColumnText.Format(first));
    }

    [Fact]
    public void AFieldInAKeysStructIsAskedForThere()
    {
        using var table = new Table(true, "n: long, key: struct<id: long>");
        Assert.Equal(nameof(DecodeStatus.NewField), table.Take("""{"n":5}""", """{"id":7,"more":true}"""));
        Assert.Equal("key.more", Assert.Single(table.Decoder.Changes([])).Path);
    }

    [Theory]
    [InlineData("no json", DecodeStatus.InvalidJson)]
    [InlineData("[1]", DecodeStatus.TypeMismatch)]
    [InlineData("""{"id":"seven"}""", DecodeStatus.InvalidValue)]
    public void AKeyThatIsNoneSpoilsItsRecordAlone(string key, DecodeStatus status)
    {
        using var table = new Table(false, "n: long, key_id: long");
        Assert.Equal("5|1", table.Take("""{"n":5}""", """{"id":1}"""));
        Assert.Equal(status.ToString(), table.Take("""{"n":6}""", key));
        Assert.Contains("of the key", table.Decoder.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal("7|2", table.Take("""{"n":7}""", """{"id":2}"""));
    }

    [Fact]
    public void AFieldOfTheValueDoesNotTakeAKeysColumn()
    {
        using var table = new Table(false, "n: long, key_id: long");
        Assert.Equal(nameof(DecodeStatus.UnknownField), table.Take("""{"n":5,"key_id":9}""", """{"id":1}"""));
        Assert.Contains("rename or drop", table.Decoder.Error.ToString(), StringComparison.Ordinal);
    }

    private sealed class Table : IDisposable
    {
        private readonly BatchBuilder batch;

        internal Table(bool isStruct, string columns)
        {
            var schema = FieldIds.NewSchema(ColumnText.Parse(columns));
            batch = new(schema, MemoryTag.Scratch, 1 << 16);
            Decoder = new(schema, isStruct, Keys, Keys);
        }

        internal KeyFieldsDecoder Decoder { get; }

        internal static IRecordDecoder Keys(Schema schema) =>
            new JsonDecoder(schema, new() { UnknownFields = UnknownFields.Evolve, MetadataColumn = null });

        internal string Take(string value, string? key)
        {
            batch.Reset();
            var record = new RecordInput(Encoding.UTF8.GetBytes(value))
            { Key = Encoding.UTF8.GetBytes(key ?? ""), KeyIsNull = key is null };
            var status = Decoder.Decode(in record, batch);
            if (status == DecodeStatus.Ok && batch.EndRow()) return string.Join("|", batch.View().Columns.Select(c => Rows.Show(c, 0)));
            batch.AbandonRow();
            return status.ToString();
        }

        public void Dispose() => batch.Dispose();
    }
}
