using System.Globalization;
using System.Text;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg.Tests;

/// <summary>The vectors of the table spec, appendix B and "Partition Transforms".</summary>
public sealed class TransformTests
{
    private static readonly long Micros = new DateTime(2017, 11, 16, 22, 31, 8, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Ticks / 10;

    [Fact]
    public void HashesAreThoseOfTheSpec()
    {
        Assert.Equal(2017239379, Murmur3.Hash(34L));
        Assert.Equal(-500754589, Murmur3.Hash(SingleValue.OfDecimal(1420)));
        Assert.Equal(-653330422, Murmur3.Hash(17486L));
        Assert.Equal(-662762989, Murmur3.Hash(81_068_000_000L));
        Assert.Equal(-2047944441, Murmur3.Hash(Micros));
        Assert.Equal(-1207196810, Murmur3.Hash(Micros + 1));
        Assert.Equal(1210000089, Murmur3.Hash("iceberg"u8));
        Assert.Equal(1488055340, Murmur3.Hash(Guid.Parse("f79c3e09-677c-4bbd-a479-3f349cb785e7").ToByteArray(bigEndian: true)));
        Assert.Equal(-188683207, Murmur3.Hash([0, 1, 2, 3]));
    }

    [Fact]
    public void LongAndBytesHashesAgree()
    {
        var random = new Random(3);
        for (var i = 0; i < 1000; i++)
        {
            var value = random.NextInt64(long.MinValue, long.MaxValue);
            Assert.Equal(Murmur3.Hash(SingleValue.OfLong(value)), Murmur3.Hash(value));
        }
    }

    [Theory]
    [InlineData("year", 47)]
    [InlineData("month", 574)]
    [InlineData("day", 17486)]
    [InlineData("hour", 419686)]
    public void TimesAreCountedFrom1970(string transform, int expected)
    {
        var parsed = Transform.Parse(transform);
        Assert.Equal(expected, TransformFunctions.OfLong(parsed, TypeKind.Timestamp, Micros));
        Assert.Equal(expected, TransformFunctions.OfLong(parsed, TypeKind.TimestampTzNs, Micros * 1000));
        Assert.Equal(-1, TransformFunctions.OfLong(parsed, TypeKind.Timestamp, -1));
        if (transform == "hour") return;
        Assert.Equal(expected, TransformFunctions.OfLong(parsed, TypeKind.Date, 17486));
        Assert.Equal(-1, TransformFunctions.OfLong(parsed, TypeKind.Date, -1));
    }

    [Fact]
    public void CivilDatesAreThoseOfDotNet()
    {
        for (var day = new DateOnly(1, 1, 1); day.Year < 9999; day = day.AddDays(97))
            Assert.Equal(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), IsoTime.Date(day.DayNumber - new DateOnly(1970, 1, 1).DayNumber));
    }

    [Fact]
    public void NanosHashLikeTheMicrosBelow() =>
        Assert.Equal(TransformFunctions.OfLong(Transform.Bucket(1000), TypeKind.Timestamp, Micros + 1), TransformFunctions.OfLong(Transform.Bucket(1000), TypeKind.TimestampNs, ((Micros + 1) * 1000) + 1));

    [Fact]
    public void NumbersTruncateDownwards()
    {
        Assert.Equal(0, TransformFunctions.OfLong(Transform.Truncate(10), TypeKind.Int, 1));
        Assert.Equal(-10, TransformFunctions.OfLong(Transform.Truncate(10), TypeKind.Int, -1));
        Assert.Equal(1050, (int)TransformFunctions.Truncate(1065, 50));
        Assert.Equal(-10, (int)TransformFunctions.Truncate(-1, 10));
    }

    [Theory]
    [InlineData("iceberg", 3, "ice")]
    [InlineData("イロハ", 2, "イロ")]
    [InlineData("a😀b", 2, "a😀")]
    [InlineData("ab", 3, "ab")]
    public void TextTruncatesByCodePoint(string text, int width, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(TransformFunctions.Prefix(Encoding.UTF8.GetBytes(text), width)));

    [Theory]
    [InlineData("bucket[16]", TypeKind.Double, false)]
    [InlineData("bucket[16]", TypeKind.Uuid, true)]
    [InlineData("truncate[4]", TypeKind.Date, false)]
    [InlineData("hour", TypeKind.Date, false)]
    [InlineData("day", TypeKind.TimestampNs, true)]
    [InlineData("year", TypeKind.String, false)]
    [InlineData("identity", TypeKind.Double, true)]
    public void TransformsKnowTheirSources(string transform, TypeKind kind, bool accepted) => Assert.Equal(accepted, Transform.Parse(transform).Accepts(Types.Of(kind)));

    [Fact]
    public void UnknownTransformIsReadAndKept()
    {
        var transform = Transform.Parse("zorder[3]");
        Assert.Equal(TransformKind.Unknown, transform.Kind);
        Assert.Equal("zorder[3]", transform.ToString());
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => TransformFunctions.Apply(transform, PrimitiveType.Int, SingleValue.OfInt(1))).Kind);
    }

    [Theory]
    [InlineData(0d, "0.0")]
    [InlineData(-0d, "-0.0")]
    [InlineData(1d, "1.0")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.00012, "1.2E-4")]
    [InlineData(1234567d, "1234567.0")]
    [InlineData(12345678d, "1.2345678E7")]
    [InlineData(1e10, "1.0E10")]
    [InlineData(1.7976931348623157E308, "1.7976931348623157E308")]
    [InlineData(double.Epsilon, "4.9E-324")]
    [InlineData(-3e-7, "-3.0E-7")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(double.NaN, "NaN")]
    public void NumbersPrintAsInJava(double value, string expected) => Assert.Equal(expected, JavaText.Of(value));

    [Fact]
    public void PathsAreEscapedAsJavaDoes()
    {
        Assert.Equal("a.b-c*d_e+f%2Fg%3D%C3%A4%F0%9F%98%80%7E", PartitionPath.Escape("a.b-c*d_e f/g=ä😀~"));
        Assert.Equal("2017-11-16", PartitionPath.Human(Transform.Day, PrimitiveType.Date, SingleValue.OfInt(17486)));
        Assert.Equal("2017-11", PartitionPath.Human(Transform.Month, PrimitiveType.Int, SingleValue.OfInt(574)));
        Assert.Equal("2017", PartitionPath.Human(Transform.Year, PrimitiveType.Int, SingleValue.OfInt(47)));
        Assert.Equal("2017-11-16-22", PartitionPath.Human(Transform.Hour, PrimitiveType.Int, SingleValue.OfInt(419686)));
        Assert.Equal("1969-12-31-23", PartitionPath.Human(Transform.Hour, PrimitiveType.Int, SingleValue.OfInt(-1)));
        Assert.Equal("null", PartitionPath.Human(Transform.Identity, PrimitiveType.Int, null));
        Assert.Equal("-0.05", PartitionPath.Human(Transform.Identity, PrimitiveType.Decimal(9, 2), SingleValue.OfDecimal(-5)));
    }
}
