using System.Text;
using K2I.Base;
using K2I.Decode.Protobuf;
using K2I.Kit;

namespace K2I.Decode.Tests;

/// <summary>
/// Bytes that nobody meant: records, descriptors and texts with bytes changed, cut out or put in are read, or refused by a status or by
/// name.
/// </summary>
public class ProtobufFuzz
{
    private const string Text = """
        edition = "2023";
        package p;
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/struct.proto";
        import "google/protobuf/wrappers.proto";
        message M {
          int32 a = 1; string b = 2; repeated sint64 c = 3; map<string,
              N> d = 4; N n = 5 [features.message_encoding = DELIMITED]; M again = 6;
          oneof o { N x = 7; google.protobuf.Timestamp t = 8; } google.protobuf.Struct s = 9; repeated google.protobuf.Int64Value w = 10;
          message N { double y = 1; repeated M up = 2; E e = 3; enum E { Z = 0; Y = 1; } }
        }
        """;

    [Fact]
    public void ChangedRecordsAreReadOrRefused()
    {
        using var rows = new ProtobufRows(ProtobufRows.Text(Text));
        var good = Record(0);
        Assert.DoesNotContain(rows.Add(good), Enum.GetNames<DecodeStatus>());
        var random = new Random(17);
        var refused = 0;
        for (var i = 0; i < 60_000; i++)
        {
            var shown = rows.Add(Changed(random, good));
            if (Enum.TryParse<DecodeStatus>(shown, out _)) refused++;
            if (rows.Batch.Rows == 64) rows.Batch.Reset();
        }
        Assert.InRange(refused, 5_000, 55_000);
    }

    [Fact]
    public void ChangedTextsAreReadOrRefused()
    {
        var random = new Random(18);
        var good = Encoding.UTF8.GetBytes(Text);
        for (var i = 0; i < 400; i++) Compile(ProtobufCompiler.SchemaOf("t.proto", Changed(random, good)), good);
        Compile(ProtobufRows.Text(string.Concat(Enumerable.Repeat("message A {", 20_000))), good);
    }

    /// <summary>Descriptors are messages too: what any bytes are read as is harmless, and what is accepted makes a plan.</summary>
    [Fact]
    public void ChangedDescriptorsAreReadOrRefused()
    {
        var random = new Random(19);
        var good = Descriptor();
        Assert.Equal(["id", "next", "names"], ProtobufCompiler.Instance.Columns(ProtobufCompiler.SchemaOf("t.desc", good), new())
            .Select(f => f.Name));
        for (var i = 0; i < 20_000; i++) Compile(ProtobufCompiler.SchemaOf("t.desc", Changed(random, good)), Record(0));
    }

    private static void Compile(WriterSchema writer, byte[] record)
    {
        try
        {
            using var rows = new ProtobufRows(writer);
            _ = rows.Add(record);
        }
        catch (EngineException e) when (e.Kind == ErrorKind.Invalid)
        {
            Assert.NotEqual("", e.Message);
        }
    }

    private static byte[] Record(int depth)
    {
        var inner = new Wire().Eight(1, 5).Varint(3, 1);
        if (depth < 2) inner.Bytes(2, Record(depth + 1));
        var wire = new Wire().Varint(1, -3).Text(2, "text é").Bytes(3, 1, 2, 3).Message(4, new Wire().Text(1, "key").Message(2, inner))
            .Group(5, inner)
            .Message(7, inner).Message(9, new Wire().Message(1, new Wire().Text(1, "k").Message(2, new Wire().Text(3, "v"))))
            .Message(10, new Wire().Varint(1, 4)).Message(8, new Wire().Varint(1, 1_700_000_000).Varint(2, 5));
        if (depth < 2) wire.Bytes(6, Record(depth + 1));
        return wire.Done;
    }

    /// <summary>A set of one file: message M { int64 id = 1; M next = 2; map of names = 3 }.</summary>
    private static byte[] Descriptor()
    {
        static Wire Field(string name, int number, int label, int type, string? of = null)
        {
            var field = new Wire().Text(1, name).Varint(3, number).Varint(4, label).Varint(5, type);
            return of is null ? field : field.Text(6, of);
        }

        var entry = new Wire().Text(1, "NamesEntry").Message(2, Field("key", 1, 1, 9)).Message(2, Field("value", 2, 1, 9))
            .Message(7, new Wire().Varint(7, 1));
        var message = new Wire().Text(1, "M").Message(2, Field("id", 1, 1, 3)).Message(2, Field("next", 2, 1, 11, ".p.M"))
            .Message(2, Field("names", 3, 3, 11, ".p.M.NamesEntry")).Message(3, entry);
        return new Wire().Message(1, new Wire().Text(1, "m.proto").Text(2, "p").Message(4, message).Text(12, "proto3")).Done;
    }

    private static byte[] Changed(Random random, byte[] good) => ChangedBytes.Of(random, good, random.Next(1, 4), resizing: 60);
}
