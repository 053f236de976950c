namespace K2I.Parquet.Tests;

public sealed class ThriftWriterTests
{
    [Fact]
    public void GoldenFields()
    {
        using var thrift = new ThriftWriter();
        thrift.Reset();
        thrift.WriteI32(1, -1);
        thrift.WriteI64(3, 150);
        thrift.WriteString(4, "hé");
        thrift.WriteBool(20, true);
        thrift.WriteBool(21, false);
        thrift.WriteI16(22, 7);
        thrift.WriteByte(23, 9);
        thrift.BeginStruct(24);
        thrift.WriteEmptyStruct(2);
        thrift.EndStruct();
        thrift.BeginList(25, ThriftWriter.I32, 2);
        thrift.ZigZag(1);
        thrift.ZigZag(-2);
        thrift.End();
        byte[] expected =
        [
            0x15, 0x01, // field 1, i32, zigzag -1
            0x26, 0xAC, 0x02, // field 3, i64, zigzag 150
            0x18, 0x03, 0x68, 0xC3, 0xA9, // field 4, binary
            0x01, 0x28, // field 20, further than 15 on: type, then zigzag id; true
            0x12, // field 21: false
            0x14, 0x0E, // field 22: i16
            0x13, 0x09, // field 23: i8
            0x1C, 0x2C, 0x00, 0x00, // field 24: struct with an empty struct as field 2
            0x19, 0x25, 0x02, 0x03, // field 25: list of two i32
            0x00,
        ];
        Assert.Equal(expected, thrift.Written.ToArray());
    }

    [Fact]
    public void LongListsTakeTheirCountApart()
    {
        using var thrift = new ThriftWriter();
        thrift.Reset();
        thrift.BeginList(1, ThriftWriter.True, 200);
        for (var i = 0; i < 200; i++) thrift.BoolElement(i % 3 == 0);
        thrift.WriteBinary(2, new byte[10_000]);
        thrift.End();
        var read = ThriftStruct.Read(thrift.Written, out var length);
        Assert.Equal(thrift.Length, length);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => i % 3 == 0), read.List(1).Cast<bool>());
        Assert.Equal(10_000, read.Bytes(2).Length);
    }
}
