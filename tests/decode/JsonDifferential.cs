using System.Text;
using K2I.Columns;

namespace K2I.Decode.Tests;

public class JsonDifferential
{
    private static readonly Schema[] Schemas =
    [
        FieldIds.NewSchema(ColumnText.Parse(
            "id: long!, kind: string, price: decimal(12,3), score: double, ratio: float, n: int, ok: boolean, at: timestamptz, local: timestamp, day: date, u: uuid, raw: binary, a_rather_long_column_name_here: string")),
        FieldIds.NewSchema(ColumnText.Parse(
            "a: struct<b: struct<c: int!, d: string>, e: list<int!>>, m: map<string, struct<x: double, y: string>>, k: map<long, string!>, l: list<list<map<string, boolean>>>, s: string, `q\"r`: int")),
        FieldIds.NewSchema(ColumnText.Parse("i: long, j: long, x: double, y: double, z: float, t: timestamptz, big: decimal(38,0), small: decimal(38,37)")),
    ];

    [Theory]
    [InlineData(1, 80_000)]
    [InlineData(2, 80_000)]
    [InlineData(3, 80_000)]
    [InlineData(1, 40_000, true)]
    [InlineData(2, 40_000, true)]
    public void RecordsDecodeAsTheReferenceDecodesThem(int seed, int cases, bool anyCase = false)
    {
        var schema = Schemas[seed - 1];
        var reference = new ReferenceDecoder(schema, anyCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
        var random = new RandomJson(seed, anyCase);
        using var rows = new Rows(schema, new() { CaseSensitive = !anyCase }, budgetBytes: 1 << 22);
        var accepted = 0;
        for (var i = 0; i < cases; i++)
        {
            var json = random.Record(schema);
            var expected = reference.Decode(json);
            var status = rows.Decoder.Decode(new RecordInput(json), rows.Batch);
            string? found = null;
            if (status == DecodeStatus.Ok)
            {
                Assert.True(rows.Batch.EndRow());
                found = rows.Show(rows.Batch.Rows - 1);
                accepted++;
            }
            else
            {
                rows.Batch.AbandonRow();
            }
            Assert.True(expected == found, $"seed {seed} case {i}: {Encoding.UTF8.GetString(json)}\nexpected {expected ?? "refused"}\nfound    {found ?? rows.Decoder.Error.ToString()}");
            if ((i & 15) == 15) rows.Batch.Reset();
        }
        Assert.InRange(accepted, cases / 10, cases * 9 / 10);
    }
}
