using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

/// <summary>What maintenance carries on of a table's offsets.</summary>
public sealed class OffsetCarrierTests
{
    private static readonly OffsetMap Offsets = OffsetMap.Empty.With("t", "id", 0, new Offset(7)).With("u", null, 3, new Offset(1));

    [Fact]
    public void ASnapshotThatChangesNoRowCarriesTheTablesOffsets()
    {
        Assert.Equal(Offsets.ToJson(), Assert.Single(OffsetCarrier.Instance.SummaryOf(TableOf(Offsets))) is { Key: K2IKeys.Offsets } entry
            ? entry.Value : null);
        Assert.Empty(OffsetCarrier.Instance.SummaryOf(TableOf(OffsetMap.Empty)));
    }

    [Theory]
    [InlineData("""{"t":{"0":[0,5]}}""", """{"t":{"0":[5,9]}}""", """{"t":{"0":[0,9]}}""")]
    [InlineData("""{"t":{"0":[5,9]}}""", """{"t":{"0":[0,6],"1":[2,3]}}""", """{"t":{"0":[0,9],"1":[2,3]}}""")]
    [InlineData("""{"t":{"0":[0,5]}}""", """{"t":{"0":[7,9]},"s":{"4":[1,2]}}""", """{"s":{"4":[1,2]},"t":{"0":[0,5,7,9]}}""")]
    [InlineData("""{"t":{"0":[0,5,7,9]}}""", """{"t":{"0":[5,7]}}""", """{"t":{"0":[0,9]}}""")]
    public void AFileThatReplacesOthersCarriesTheirRangesJoinedWhereTheyMeet(string one, string other, string joined) =>
        Assert.Equal(joined, OffsetCarrier.Instance.FileMetadataOf([Metadata(one), Metadata(other)])[K2IKeys.OffsetRanges]);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"t":{"x":[0,5]}}""")]
    [InlineData("""{"t":{"0":[0]}}""")]
    [InlineData("""{"t":{"0":[0,"5"]}}""")]
    public void WhereOneHasNoneThatCanBeReadNoneAreClaimed(string other) =>
        Assert.Empty(OffsetCarrier.Instance.FileMetadataOf(
            [Metadata("""{"t":{"0":[0,5]}}"""), other.Length == 0 ? ImmutableDictionary<string, string>.Empty : Metadata(other)]));

    private static ImmutableDictionary<string, string> Metadata(string ranges) =>
        ImmutableDictionary<string, string>.Empty.Add(K2IKeys.OffsetRanges, ranges);

    private static Table TableOf(OffsetMap offsets)
    {
        var metadata = new TableMetadata
        {
            FormatVersion = 2,
            Uuid = "u",
            Location = "memory://t",
            LastUpdatedMs = 0,
            LastColumnId = 0,
            Schemas = [Schema.Of()],
            CurrentSchemaId = 0,
            Specs = [PartitionSpec.Unpartitioned],
            DefaultSpecId = 0,
            LastPartitionId = 999,
            SortOrders = [],
            DefaultSortOrderId = 0,
        };
        var table = new Table(TableIdent.Parse("db.t"), metadata, "");
        return offsets.IsEmpty ? table
            : table with { Metadata = metadata with { Properties = metadata.Properties.AddRange(offsets.PropertiesOf(table)) } };
    }
}
