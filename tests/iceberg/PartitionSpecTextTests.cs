using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg.Tests;

public sealed class PartitionSpecTextTests
{
    private static readonly Schema Sample = Schema.Of(
        new Field(1, "event_time", PrimitiveType.TimestampTz, true),
        new Field(2, "user_id", PrimitiveType.Long, false),
        new Field(3, "name", PrimitiveType.String, false),
        new Field(4, "region", PrimitiveType.String, false),
        new Field(5, "address", new StructType([new Field(6, "city", PrimitiveType.String, false)]), false),
        new Field(7, "tags", ListType.Of(8, PrimitiveType.String), false),
        new Field(9, "name_trunc", PrimitiveType.String, false));

    [Fact]
    public void ConfigFormIsRead()
    {
        var spec = PartitionSpecText.Parse("day(event_time), bucket(16, user_id), truncate(4, region), region, address.city", Sample);
        Assert.Equal(
        [
            new PartitionField(1, 1000, "event_time_day", Transform.Day),
            new PartitionField(2, 1001, "user_id_bucket", Transform.Bucket(16)),
            new PartitionField(4, 1002, "region_trunc", Transform.Truncate(4)),
            new PartitionField(4, 1003, "region", Transform.Identity),
            new PartitionField(6, 1004, "address.city", Transform.Identity),
        ], spec.Fields.ToArray());
        Assert.Equal("day(event_time), bucket(16, user_id), truncate(4, region), region, address.city", PartitionSpecText.ToText(spec, Sample));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("region, bucket(4, user_id), address.city as c", "")]
    [InlineData("day(event_time), region, HOUR(a.b) as h, years(c), months(d), void(e)", "event_time a.b c d")]
    public void ColumnsThatHaveToBeTimesAreNamedWithoutASchema(string text, string expected) => Assert.Equal(expected, string.Join(' ', PartitionSpecText.TimeColumns(text)));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void EmptyTextIsUnpartitioned(string text) => Assert.True(PartitionSpecText.Parse(text, Sample).IsUnpartitioned);

    [Fact]
    public void PartsCanBeNamed()
    {
        var spec = PartitionSpecText.Parse("truncate(4, name) as start", Sample);
        Assert.Equal("start", Assert.Single(spec.Fields).Name);
        Assert.Equal("truncate(4, name) as start", PartitionSpecText.ToText(spec, Sample));
    }

    [Theory]
    [InlineData("day(nothing)", "no column 'nothing'")]
    [InlineData("day(name)", "day cannot be taken of 'name', which is a string")]
    [InlineData("bucket(user_id)", "bucket(NUMBER, COLUMN)")]
    [InlineData("bucket(0, user_id)", "above 0")]
    [InlineData("truncate(4, name)", "column 'name_trunc' has the name of partition field 'name_trunc'; name that one otherwise with 'as'")]
    [InlineData("day(event_time) as NAME", "column 'name' has the name of partition field 'NAME'")]
    [InlineData("day(event_time) as event_time", "column 'event_time' has the name of partition field 'event_time'")]
    [InlineData("day(event_time) as address.city", "column 'address.city' has the name of partition field 'address.city'")]
    [InlineData("region, day(event_time) as Region", "two parts are named 'Region'")]
    [InlineData("region, region", "two parts are named 'region'")]
    [InlineData("region, region as r", "there twice")]
    [InlineData("day(event_time", "parentheses")]
    [InlineData("day(event_time))", "parentheses")]
    [InlineData("region,,name", "a part is empty")]
    [InlineData("weekly(event_time)", "'weekly' is not a transform")]
    [InlineData("address", "without parts")]
    [InlineData("tags.element", "list or map")]
    public void MistakesAreNamed(string text, string message)
    {
        var error = Assert.Throws<EngineException>(() => PartitionSpecText.Parse(text, Sample));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
