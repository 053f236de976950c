using K2I.Base;
using K2I.Columns;

namespace K2I.Decode.Tests;

public class JsonRules
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0", "0")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("9223372036854775808", "Overflow")]
    [InlineData("12345678901234567890123", "Overflow")]
    [InlineData("1e400", "Overflow")]
    [InlineData("1e-400", "Inexact")]
    [InlineData("0e400", "0")]
    [InlineData("1.0", "1")]
    [InlineData("1e3", "1000")]
    [InlineData("1200e-2", "12")]
    [InlineData("-12.5e1", "-125")]
    [InlineData("1.5", "Inexact")]
    [InlineData("\"42\"", "42")]
    [InlineData("\"4\\u0032\"", "42")]
    [InlineData("\"42 \"", "InvalidValue")]
    [InlineData("\"\"", "InvalidValue")]
    [InlineData("01", "InvalidJson")]
    [InlineData("+1", "InvalidJson")]
    [InlineData("1.", "InvalidJson")]
    [InlineData(".5", "InvalidJson")]
    [InlineData("-", "InvalidJson")]
    [InlineData("1x", "InvalidJson")]
    [InlineData("true", "TypeMismatch")]
    [InlineData("[1]", "TypeMismatch")]
    [InlineData("null", "null")]
    [InlineData("nul", "InvalidJson")]
    public void LongsAreExact(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Long, json));

    [Theory]
    [InlineData("2147483647", "2147483647")]
    [InlineData("-2147483648", "-2147483648")]
    [InlineData("2147483648", "Overflow")]
    [InlineData("2.5", "Inexact")]
    public void IntsAreExact(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Int, json));

    [Theory]
    [InlineData("1.5", "1.5")]
    [InlineData("-0", "-0")]
    [InlineData("0.1", "0.1")]
    [InlineData("1e308", "1E+308")]
    [InlineData("1e309", "Overflow")]
    [InlineData("4.9e-324", "5E-324")]
    [InlineData("1e-400", "0")]
    [InlineData("123456789012345678901234567890", "1.2345678901234568E+29")]
    [InlineData("\"1.5\"", "1.5")]
    [InlineData("\"NaN\"", "NaN")]
    [InlineData("\"-Infinity\"", "-Infinity")]
    [InlineData("NaN", "InvalidJson")]
    [InlineData("\"nan\"", "InvalidValue")]
    [InlineData("1.e5", "InvalidJson")]
    [InlineData("1e", "InvalidJson")]
    public void DoublesAreRoundedOnce(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Double, json));

    [Theory]
    [InlineData("0.1", "0.1")]
    [InlineData("16777217", "16777216")]
    [InlineData("3.4028235e38", "3.4028235E+38")]
    [InlineData("3.5e38", "Overflow")]
    [InlineData("\"Infinity\"", "Infinity")]
    public void FloatsAreRoundedOnceAndDoNotBecomeInfinite(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Float, json));

    [Theory]
    [InlineData("12.34", "1234")]
    [InlineData("-12.3", "-1230")]
    [InlineData("12.340", "1234")]
    [InlineData("1e2", "10000")]
    [InlineData("12.345", "Inexact")]
    [InlineData("99999999.99", "9999999999")]
    [InlineData("100000000", "Overflow")]
    [InlineData("-100000000", "Overflow")]
    [InlineData("\"12.34\"", "1234")]
    [InlineData("0.00000", "0")]
    [InlineData("1234e-2", "1234")]
    public void DecimalsAreExact(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Decimal(10, 2), json));

    [Theory]
    [InlineData("99999999999999999999999999999999999999", "99999999999999999999999999999999999999")]
    [InlineData("-99999999999999999999999999999999999999", "-99999999999999999999999999999999999999")]
    [InlineData("100000000000000000000000000000000000000", "Overflow")]
    [InlineData("1e37", "10000000000000000000000000000000000000")]
    [InlineData("1e38", "Overflow")]
    public void DecimalsReachTheirLastDigit(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Decimal(38, 0), json));

    [Theory]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("tru", "InvalidJson")]
    [InlineData("falsy", "InvalidJson")]
    [InlineData("\"true\"", "TypeMismatch")]
    [InlineData("1", "TypeMismatch")]
    public void BooleansAreLiterals(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Boolean, json));

    [Theory]
    [InlineData("\"2024-02-29\"", "19782")]
    [InlineData("\"1970-01-01\"", "0")]
    [InlineData("\"0001-01-01\"", "-719162")]
    [InlineData("\"9999-12-31\"", "2932896")]
    [InlineData("\"2023-02-29\"", "InvalidValue")]
    [InlineData("\"2024-13-01\"", "InvalidValue")]
    [InlineData("\"0000-01-01\"", "InvalidValue")]
    [InlineData("\"2024-2-9\"", "InvalidValue")]
    [InlineData("\"2024-02-29T00:00:00\"", "InvalidValue")]
    [InlineData("19782", "19782")]
    [InlineData("-719162", "-719162")]
    [InlineData("-719163", "Overflow")]
    [InlineData("2932896", "2932896")]
    [InlineData("2932897", "Overflow")]
    [InlineData("1700000000", "Overflow")]
    [InlineData("2147483648", "Overflow")]
    [InlineData("1.5", "Inexact")]
    public void DatesAreDaysOrText(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Date, json));

    [Theory]
    [InlineData("\"00:00:00\"", "0")]
    [InlineData("\"12:34:56.789\"", "45296789000")]
    [InlineData("\"23:59:59.999999999\"", "86399999999")]
    [InlineData("\"12:34\"", "45240000000")]
    [InlineData("\"24:00:00\"", "InvalidValue")]
    [InlineData("\"12:34:60\"", "InvalidValue")]
    [InlineData("\"12:34:56Z\"", "InvalidValue")]
    [InlineData("1000", "1000000")]
    [InlineData("86400000", "Overflow")]
    [InlineData("-1", "Overflow")]
    public void TimesAreTextOrNumbersSinceMidnight(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Time, json));

    [Theory]
    [InlineData("\"1970-01-01T00:00:01Z\"", "1000000")]
    [InlineData("\"1970-01-01 00:00:01.5+00:00\"", "1500000")]
    [InlineData("\"1970-01-01t02:00:00+0200\"", "0")]
    [InlineData("\"1969-12-31T19:00:00-05\"", "0")]
    [InlineData("\"1969-12-31T23:59:59.9999999Z\"", "-1")]
    [InlineData("\"2024-01-31T12:00:00.123456789Z\"", "1706702400123456")]
    [InlineData("\"2024-01-31T12:00Z\"", "1706702400000000")]
    [InlineData("\"2024-01-31T12:00:00\"", "InvalidValue")]
    [InlineData("\"2024-01-31T12:00:00.1234567890Z\"", "InvalidValue")]
    [InlineData("\"2024-01-31T12:00:00.Z\"", "InvalidValue")]
    [InlineData("\"2024-01-31\"", "InvalidValue")]
    [InlineData("\"2024-01-31T25:00:00Z\"", "InvalidValue")]
    [InlineData("\"2024-01-31T12:00:00+24:00\"", "InvalidValue")]
    [InlineData("\"2024-01-31T12:00:00Z \"", "InvalidValue")]
    [InlineData("1706702400123", "1706702400123000")]
    [InlineData("-1", "-1000")]
    [InlineData("1706702400.5", "1706702400500")]
    [InlineData("1.7067024e12", "1706702400000000")]
    [InlineData("-62135596800000", "-62135596800000000")]
    [InlineData("-62135596800000.5", "Overflow")]
    [InlineData("-62135596800001", "Overflow")]
    [InlineData("253402300799999.9999", "253402300799999999")]
    [InlineData("253402300800000", "Overflow")]
    [InlineData("\"253402300800000\"", "InvalidValue")]
    [InlineData("1700000000123456", "Overflow")]
    [InlineData("\"0001-01-01T00:00:00Z\"", "-62135596800000000")]
    [InlineData("\"0001-01-01T00:00:00+01:00\"", "Overflow")]
    [InlineData("\"9999-12-31T23:59:59.999999999Z\"", "253402300799999999")]
    [InlineData("\"9999-12-31T23:59:59-00:01\"", "Overflow")]
    [InlineData("9223372036854775807", "Overflow")]
    [InlineData("true", "TypeMismatch")]
    public void TimestamptzNeedsAnOffset(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.TimestampTz, json));

    [Theory]
    [InlineData("\"1970-01-01T00:00:01\"", "1000000")]
    [InlineData("\"1970-01-01T00:00:01Z\"", "InvalidValue")]
    [InlineData("\"1970-01-01T00:00:01+01:00\"", "InvalidValue")]
    public void TimestampRefusesAnOffset(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Timestamp, json));

    [Theory]
    [InlineData("\"2024-01-31T12:00:00.123456789Z\"", "1706702400123456789")]
    [InlineData("\"9999-01-01T00:00:00Z\"", "Overflow")]
    [InlineData("1706702400123", "1706702400123000000")]
    [InlineData("9223372036854", "9223372036854000000")]
    [InlineData("9223372036855", "Overflow")]
    [InlineData("-9223372036854", "-9223372036854000000")]
    [InlineData("-9223372036855", "Overflow")]
    public void NanosecondTimestampsKeepNineDigits(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.TimestampTzNs, json));

    [Theory]
    [InlineData(EpochUnit.Seconds, "1706702400", "1706702400000000")]
    [InlineData(EpochUnit.Seconds, "1706702400.25", "1706702400250000")]
    [InlineData(EpochUnit.Microseconds, "1706702400123456", "1706702400123456")]
    [InlineData(EpochUnit.Nanoseconds, "1706702400123456789", "1706702400123456")]
    [InlineData(EpochUnit.Nanoseconds, "-1", "-1")]
    [InlineData(EpochUnit.Seconds, "253402300799", "253402300799000000")]
    [InlineData(EpochUnit.Seconds, "253402300800", "Overflow")]
    [InlineData(EpochUnit.Microseconds, "253402300800000000", "Overflow")]
    [InlineData(EpochUnit.Nanoseconds, "9223372036854775807", "9223372036854775")]
    public void EpochUnitsAreOptional(EpochUnit unit, string json, string expected) =>
        Assert.Equal(expected, Rows.Of(PrimitiveType.TimestampTz, json, new() { TimestampUnit = unit }));

    [Fact]
    public void UnitsCanBeGivenByColumn()
    {
        var schema = FieldIds.NewSchema(ColumnText.Parse("a: timestamptz, b: struct<c: timestamptz>, d: long"));
        var units = System.Collections.Immutable.ImmutableDictionary<string, EpochUnit>.Empty;
        using var rows = new Rows(schema, new() { ColumnUnits = units.Add("b.c", EpochUnit.Seconds) });
        Assert.Equal("5000|{c=5000000}|5", rows.Add("""{"a":5,"b":{"c":5},"d":5}"""));
        Assert.Throws<EngineException>(() => new JsonDecoder(schema, new() { ColumnUnits = units.Add("d", EpochUnit.Seconds) }));
        Assert.Throws<EngineException>(() => new JsonDecoder(schema, new() { ColumnUnits = units.Add("x", EpochUnit.Seconds) }));
    }

    [Theory]
    [InlineData("ts_ms: timestamptz", """{"ts_ms":5}""", "5000")]
    [InlineData("ts_us: timestamptz", """{"ts_us":5}""", "5")]
    [InlineData("TS_US: timestamp", """{"TS_US":5}""", "5")]
    [InlineData("ts_ns: timestamptz_ns", """{"ts_ns":5}""", "5")]
    [InlineData("_ns: time", """{"_ns":5000}""", "5")]
    [InlineData("ts: timestamptz", """{"ts":5}""", "5000000")]
    [InlineData("tsus: timestamptz", """{"tsus":5}""", "5000000")]
    [InlineData("ts_us_: timestamptz", """{"ts_us_":5}""", "5000000")]
    [InlineData("a_us: struct<b: timestamptz, c_ms: timestamptz>", """{"a_us":{"b":5,"c_ms":5}}""", "{b=5000000,c_ms=5000}")]
    [InlineData("`a.b_us`: timestamptz", """{"a.b_us":5}""", "5")]
    [InlineData("l_us: list<timestamptz>", """{"l_us":[5]}""", "[5]")]
    [InlineData("m_us: map<string, list<timestamptz>>", """{"m_us":{"k":[5]}}""", "<k=[5]>")]
    [InlineData("l_us: list<struct<t: timestamptz>>", """{"l_us":[{"t":5}]}""", "[{t=5000000}]")]
    [InlineData("n_us: long", """{"n_us":5}""", "5")]
    public void ANameThatEndsInAUnitSaysWhatItsNumbersAre(string columns, string json, string expected)
    {
        using var rows = new Rows(FieldIds.NewSchema(ColumnText.Parse(columns)), new() { TimestampUnit = EpochUnit.Seconds });
        Assert.Equal(expected, rows.Add(json));
    }

    [Fact]
    public void AUnitThatIsGivenByColumnGoesBeforeItsName()
    {
        var units = System.Collections.Immutable.ImmutableDictionary<string, EpochUnit>.Empty.Add("o.ts_us", EpochUnit.Seconds).Add("l_us.element", EpochUnit.Seconds);
        using var rows = new Rows(FieldIds.NewSchema(ColumnText.Parse("o: struct<ts_us: timestamptz>, l_us: list<timestamptz>, ts_us: timestamptz")), new() { ColumnUnits = units });
        Assert.Equal("{ts_us=5000000}|[5000000]|5", rows.Add("""{"o":{"ts_us":5},"l_us":[5],"ts_us":5}"""));
    }

    [Theory]
    [InlineData("\"F81D4FAE-7dec-11d0-a765-00a0c91e6bf6\"", "f81d4fae7dec11d0a76500a0c91e6bf6")]
    [InlineData("\"f81d4fae7dec11d0a76500a0c91e6bf6\"", "InvalidValue")]
    [InlineData("\"f81d4fae-7dec-11d0-a765-00a0c91e6bfg\"", "InvalidValue")]
    [InlineData("\"f81d4fae-7dec-11d0-a765-00a0c91e6bf\\u0036\"", "f81d4fae7dec11d0a76500a0c91e6bf6")]
    [InlineData("5", "TypeMismatch")]
    public void UuidsHaveFiveGroups(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Uuid, json));

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"AQID\"", "010203")]
    [InlineData("\"AQI=\"", "0102")]
    [InlineData("\"AQI\"", "InvalidValue")]
    [InlineData("\"AQJ=\"", "InvalidValue")]
    [InlineData("\"AR==\"", "InvalidValue")]
    [InlineData("\"AQ ID\"", "InvalidValue")]
    [InlineData("\"_w==\"", "InvalidValue")]
    public void BinaryIsPaddedBase64(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Binary, json));

    [Theory]
    [InlineData("\"AQID\"", "010203")]
    [InlineData("\"AQI=\"", "InvalidValue")]
    public void FixedHasItsLength(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.Fixed(3), json));

    [Theory]
    [InlineData("\"plain\"", "plain")]
    [InlineData("\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\"", "a\"b\\c/d\b\f\n\r\t")]
    [InlineData("\"\\u00e9\\u20AC\\ud83d\\ude00 tail\"", "é€😀 tail")]
    [InlineData("\"é€😀\"", "é€😀")]
    [InlineData("\"\\ud83d\"", "InvalidUtf8")]
    [InlineData("\"\\ude00\\ud83d\"", "InvalidUtf8")]
    [InlineData("\"\\ud83d\\u0041\"", "InvalidUtf8")]
    [InlineData("\"\\x\"", "InvalidJson")]
    [InlineData("\"\\u12g4\"", "InvalidJson")]
    [InlineData("\"a\u0001\"", "InvalidJson")]
    [InlineData("\"open", "InvalidJson")]
    [InlineData("12.50", "12.50")]
    [InlineData("true", "true")]
    [InlineData("{\"a\": [1, null]}", "{\"a\": [1, null]}")]
    [InlineData("[1,]", "InvalidJson")]
    [InlineData("null", "null")]
    public void StringsKeepTextOrJson(string json, string expected) => Assert.Equal(expected, Rows.Of(PrimitiveType.String, json));

    [Theory]
    [InlineData("12.50")]
    [InlineData("true")]
    [InlineData("{}")]
    public void StrictStringsTakeOnlyStrings(string json) =>
        Assert.Equal("TypeMismatch", Rows.Of(PrimitiveType.String, json, new() { StrictStrings = true }));

    [Fact]
    public void RequiredRefusesNull() => Assert.Equal("MissingRequired", Rows.Of(PrimitiveType.Long, "null", required: true));
}
