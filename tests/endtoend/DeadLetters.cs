using System.Text;
using System.Text.Json;

namespace K2I.EndToEnd.Tests;

/// <summary>The table of dead letters as Iceberg Java reads it.</summary>
internal static class DeadLetters
{
    public static Dictionary<(int Partition, long Offset), JsonElement> Of(string table) =>
        Judges.Rows(Reader.IcebergJava, table).ToDictionary(l => (l.GetProperty("partition").GetInt32(), l.GetProperty("offset").GetInt64()));

    /// <summary>Each record that was to become no row is there once, with all that it was made of, and no other.</summary>
    public static void AssertHold(string table, IEnumerable<Produced> records)
    {
        var letters = Of(table);
        var bad = records.Where(r => r.Row is null).ToList();
        Assert.Equal(bad.Select(r => (r.Partition, r.Offset)).Order(), letters.Keys.Order());
        foreach (var record in bad)
        {
            var letter = letters[(record.Partition, record.Offset)];
            Assert.Equal(record.Topic, letter.GetProperty("topic").GetString());
            Assert.Equal(record.Value, Encoding.Latin1.GetString(Convert.FromHexString(letter.GetProperty("value").GetString() ?? "")));
            Assert.Equal("bad", Encoding.UTF8.GetString(Convert.FromHexString(letter.GetProperty("key").GetString()!)));
            Assert.NotEqual("", letter.GetProperty("error").GetString());
        }
    }
}
