using System.Runtime.InteropServices;
using System.Text;
using K2I.Base;

namespace K2I.Wal.Tests;

public sealed class FormatTests
{
    [Theory]
    [InlineData(nameof(FileHeader.Magic), 0, 8)]
    [InlineData(nameof(FileHeader.Version), 8, 4)]
    [InlineData(nameof(FileHeader.Generation), 12, 4)]
    [InlineData(nameof(FileHeader.FileBytes), 16, 8)]
    [InlineData(nameof(FileHeader.StartPosition), 24, 8)]
    [InlineData(nameof(FileHeader.PreviousEnd), 32, 8)]
    [InlineData(nameof(FileHeader.SyncedPosition), 40, 8)]
    [InlineData(nameof(FileHeader.TruncatedPosition), 48, 8)]
    [InlineData(nameof(FileHeader.CreatedUnixMs), 56, 8)]
    [InlineData(nameof(FileHeader.Salt), 64, 8)]
    [InlineData(nameof(FileHeader.Zero), 72, 4)]
    [InlineData(nameof(FileHeader.Crc), 76, 4)]
    public void FileHeaderFieldsStandWhereTheFormatSays(string field, int offset, int bytes) => AssertField<FileHeader>(field, offset, bytes);

    [Theory]
    [InlineData(nameof(FrameHeader.Crc), 0, 4)]
    [InlineData(nameof(FrameHeader.PayloadBytes), 4, 4)]
    [InlineData(nameof(FrameHeader.Position), 8, 8)]
    [InlineData(nameof(FrameHeader.SyncedPosition), 16, 8)]
    [InlineData(nameof(FrameHeader.TruncatedPosition), 24, 8)]
    [InlineData(nameof(FrameHeader.Stream), 32, 8)]
    [InlineData(nameof(FrameHeader.Generation), 40, 4)]
    [InlineData(nameof(FrameHeader.Kind), 44, 1)]
    public void FrameHeaderFieldsStandWhereTheFormatSays(string field, int offset, int bytes) => AssertField<FrameHeader>(field, offset, bytes);

    [Fact]
    public void EveryFieldIsListed()
    {
        const System.Reflection.BindingFlags fields = System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance;
        Assert.Equal(12, typeof(FileHeader).GetFields(fields).Length);
        Assert.Equal(8, typeof(FrameHeader).GetFields(fields).Length);
        Assert.Equal(80, Marshal.SizeOf<FileHeader>());
        Assert.Equal(48, Marshal.SizeOf<FrameHeader>());
    }

    [Fact]
    public void FileHeaderBytesAreTheseForEver()
    {
        var file = new byte[4096];
        WalFormat.WriteFileHeader(new ArrayWriter(file), new()
        {
            Magic = WalFormat.Magic,
            Version = 2,
            Generation = 7,
            FileBytes = 0x04000000,
            StartPosition = new(0x08000000),
            PreviousEnd = new(0x07654320),
            SyncedPosition = new(0x07654318),
            TruncatedPosition = new(0x01000000),
            CreatedUnixMs = 1_767_225_600_000,
            Salt = 0x0123456789ABCDEF,
        });
        Assert.Equal("K2I-WAL\n", Encoding.ASCII.GetString(file, 0, 8));
        Assert.Equal(
            "4B32492D57414C0A02000000070000000000000400000000000000080000000020436507000000001843650700000000000000010000000000A8DA769B010000EFCDAB896745230100000000"
            + Convert.ToHexString(BitConverter.GetBytes(Crc32C.Compute(file.AsSpan(0, 76)))),
            Convert.ToHexString(file.AsSpan(0, 80)));
        Assert.False(file.AsSpan(80).ContainsAnyExcept((byte)0));
        Assert.Equal(FileState.Good, WalFormat.ReadFileHeader(file, new(0x08000000), out var header));
        Assert.Equal(0x0123456789ABCDEFul, header.Salt);
        Assert.Equal(FileState.Reused, WalFormat.ReadFileHeader(file, new(0x04000000), out _));
    }

    [Fact]
    public void FrameBytesAreTheseForEver()
    {
        var file = new byte[8192];
        file.AsSpan().Fill(0xEE);
        var seed = WalFormat.Seed(0x0123456789ABCDEF);
        WalFormat.WriteFrame(new ArrayWriter(file), 4096, seed, new() { PayloadBytes = 5, Position = new(0x08001000), SyncedPosition = new(0x08000FF8), TruncatedPosition = new(0x01000000), Stream = 0xFEDCBA9876543210, Generation = 7, Kind = 3 }, "hello"u8);
        var crc = Crc32C.Append(Crc32C.Compute(Convert.FromHexString("EFCDAB8967452301")), file.AsSpan(4100, 52));
        Assert.Equal(
            Convert.ToHexString(BitConverter.GetBytes(crc)) + "050000000010000800000000F80F00080000000000000001000000001032547698BADCFE070000000300000068656C6C6F000000",
            Convert.ToHexString(file.AsSpan(4096, 56)));
        Assert.Equal(0xEE, file[4096 + 56]);
        var of = new FileHeader { FileBytes = 8192, StartPosition = new(0x08000000), Generation = 7 };
        Assert.Equal(FrameState.Valid, WalFormat.ReadFrame(file, in of, seed, 4096, 8192, out var frame, out var end));
        Assert.Equal((3, 0xFEDCBA9876543210, 5u, 4096 + 56), (frame.Kind, frame.Stream, frame.PayloadBytes, end));
        Assert.Equal("hello", Encoding.ASCII.GetString(WalFormat.Payload(file, in frame, end)));
    }

    [Fact]
    public void FramesOfAnotherSaltAreNone()
    {
        var file = new byte[8192];
        WalFormat.WriteFrame(new ArrayWriter(file), 4096, WalFormat.Seed(1), new() { Position = new(4096), Generation = 1, Kind = 1 }, default);
        var of = new FileHeader { FileBytes = 8192, Generation = 1 };
        Assert.Equal(FrameState.Valid, WalFormat.ReadFrame(file, in of, WalFormat.Seed(1), 4096, 8192, out _, out _));
        Assert.Equal(FrameState.Torn, WalFormat.ReadFrame(file, in of, WalFormat.Seed(2), 4096, 8192, out _, out _));
    }

    [Theory]
    [InlineData(0u, FrameState.Valid)]
    [InlineData(4008u, FrameState.Torn)]
    [InlineData(4097u, FrameState.Torn)]
    [InlineData(0x7FFFFFFFu, FrameState.Torn)]
    [InlineData(0xFFFFFFFFu, FrameState.Torn)]
    public void LengthsBeyondTheFileAreRefused(uint payloadBytes, object expected)
    {
        var file = new byte[8192];
        WalFormat.WriteFrame(new ArrayWriter(file), 4096, 0, new() { PayloadBytes = payloadBytes, Position = new(4096), Generation = 1, Kind = 1 }, default);
        var of = new FileHeader { FileBytes = 8192, Generation = 1 };
        Assert.Equal((FrameState)expected, WalFormat.ReadFrame(file, in of, 0, 4096, 8192, out _, out _));
    }

    [Fact]
    public void HeadersOfAnotherVersionOrOutOfBoundsAreTold()
    {
        var good = new FileHeader { Magic = WalFormat.Magic, Version = 2, FileBytes = 8192, StartPosition = new(8192), PreviousEnd = new(5000), SyncedPosition = new(5000), TruncatedPosition = new(4096) };
        Assert.Equal(FileState.Good, Judge(good));
        foreach (var version in new[] { 0u, 1u, 3u }) Assert.Equal(FileState.Unsupported, Judge(good with { Version = version }));
        Assert.Equal(FileState.Foreign, Judge(good with { Magic = 1 }));
        Assert.Equal(FileState.DamagedHeader, Judge(good with { FileBytes = 100 }));
        Assert.Equal(FileState.DamagedHeader, Judge(good with { FileBytes = 1L << 40 }));
        Assert.Equal(FileState.DamagedHeader, Judge(good with { PreviousEnd = new(8193) }));
        Assert.Equal(FileState.DamagedHeader, Judge(good with { SyncedPosition = new(8193) }));
        Assert.Equal(FileState.DamagedHeader, Judge(good with { TruncatedPosition = new(5001) }));
        Assert.Equal(FileState.DamagedHeader, Judge(good with { TruncatedPosition = new(-1) }));
    }

    [Fact]
    public void NamesAreStartPositionsInDecimal()
    {
        Assert.Equal("00000000000067108864.wal", WalFormat.FileName(new(64 << 20)));
        Assert.True(WalFormat.TryParseName("00000000000067108864.wal", out var start));
        Assert.Equal(new LogPosition(64 << 20), start);
        foreach (var other in new[] { "spare", "67108864.wal", "0000000000006710886x.wal", "00000000000067108864.tmp", "99999999999999999999.wal", "-0000000000067108864.wal", "" })
            Assert.False(WalFormat.TryParseName(other, out _), other);
    }

    private static FileState Judge(FileHeader header)
    {
        var file = new byte[4096];
        WalFormat.WriteFileHeader(new ArrayWriter(file), header);
        return WalFormat.ReadFileHeader(file, header.StartPosition, out _);
    }

    private static void AssertField<T>(string field, int offset, int bytes)
        where T : struct
    {
        Assert.Equal(offset, (int)Marshal.OffsetOf<T>(field));
        Assert.Equal(bytes, Marshal.SizeOf(typeof(T).GetField(field, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.FieldType));
    }
}
