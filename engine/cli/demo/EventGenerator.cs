using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using K2I.Decode;
using K2I.Pipeline;

namespace K2I.Cli.Demo;

/// <summary>
/// Shop events of nine fields, about 220 bytes of JSON and half of it in other formats, for the demo and the benchmarks: event <c>n</c> of a
/// seed is the same on every run. One thread; no allocation per event.
/// </summary>
internal sealed class EventGenerator(ulong seed, long startUnixMs, RecordFormat format = RecordFormat.Json)
{
    /// <summary>The events' columns as <c>k2i.ini</c> declares them.</summary>
    internal const string Columns =
        "event_id: string!, user_id: long, event_type: string, event_time: timestamptz, amount: decimal(10,2), country: string, session_id: string, mobile: boolean, page: string";

    /// <summary>A table of such events: of the columns above, or of those that their schemas have.</summary>
    internal static TableOptions Into(string name, IReadOnlyList<string> topics, RecordFormat format) => new()
    {
        Name = name,
        Topics = [.. topics],
        Format = format,
        Columns = format == RecordFormat.Json ? Columns : null,
        UnknownFields = format == RecordFormat.Json ? UnknownFields.Ignore : UnknownFields.Evolve,
    };

    private static readonly byte[][] Types = [.. "page_view search add_to_cart remove_from_cart checkout purchase refund login logout signup".Split(' ').Select(System.Text.Encoding.UTF8.GetBytes)];
    private static readonly byte[][] Countries = [.. "DE FR GB US IN BR JP NL SE PL ES IT CA AU MX ZA".Split(' ').Select(System.Text.Encoding.UTF8.GetBytes)];

    private readonly byte[] buffer = new byte[512];
    private readonly byte[] key = new byte[36];
    private int used;
    private Values values;

    private struct Values
    {
        internal long User, UnixMs, Cents, Session, Page;
        internal int Type, Country;
        internal bool IsMobile;
    }

    /// <summary>The last event; overwritten by the next.</summary>
    internal ReadOnlySpan<byte> Value => buffer.AsSpan(0, used);

    /// <summary>The last event's id, as text of 36 characters.</summary>
    internal ReadOnlySpan<byte> Key => key;

    /// <summary>Of the schema that the next event names, where the format has schemas.</summary>
    internal int Version { get; set; } = 1;

    /// <summary>Makes event <paramref name="number"/>; events follow each other by about a millisecond.</summary>
    internal void Make(long number)
    {
        var random = Mix(seed ^ (ulong)number * 0x9E3779B97F4A7C15);
        var more = Mix(random);
        WriteUuid(random, more);
        values = new()
        {
            User = (long)(random % 5_000_000),
            Type = (int)(more % (ulong)Types.Length),
            UnixMs = startUnixMs + number,
            Cents = (long)((more >> 8) % 100_000 * 100 + (more >> 32) % 100),
            Country = (int)((random >> 40) % (ulong)Countries.Length),
            Session = (long)(Mix(random % 5_000_000 + (ulong)number / 65_536) >> 16),
            IsMobile = (more & 1) != 0,
            Page = (long)((random >> 20) % 40_000),
        };
        used = 0;
        if (format == RecordFormat.Avro) MakeAvro();
        else if (format == RecordFormat.Protobuf) MakeProtobuf();
        else MakeJson();
    }

    private void MakeJson()
    {
        Text("{\"event_id\":\""u8);
        Text(key);
        Text("\",\"user_id\":"u8);
        Number(values.User);
        Text(",\"event_type\":\""u8);
        Text(Types[values.Type]);
        Text("\",\"event_time\":\""u8);
        Time(values.UnixMs);
        Text("\",\"amount\":"u8);
        Number(values.Cents / 100);
        Text("."u8);
        TwoDigits((int)(values.Cents % 100));
        Text(",\"country\":\""u8);
        Text(Countries[values.Country]);
        Text("\",\"session_id\":\"s-"u8);
        Number(values.Session);
        Text("\",\"mobile\":"u8);
        Text(values.IsMobile ? "true"u8 : "false"u8);
        Text(",\"page\":\"/products/"u8);
        Number(values.Page);
        Text("\"}"u8);
    }

    private void MakeAvro()
    {
        Text([0, 0, 0, 0, (byte)Version]);
        AvroText(key);
        Varint((ulong)values.User << 1);
        AvroText(Types[values.Type]);
        Varint((ulong)values.UnixMs << 1);
        Text([4 << 1, (byte)(values.Cents >> 24), (byte)(values.Cents >> 16), (byte)(values.Cents >> 8), (byte)values.Cents]);
        AvroText(Countries[values.Country]);
        AvroText("s-"u8, values.Session);
        Text([values.IsMobile ? (byte)1 : (byte)0]);
        AvroText("/products/"u8, values.Page);
        if (Version < EventSchemas.Versions) return;
        Text([1 << 1]);
        AvroText("c-"u8, values.Page % 50);
    }

    private void MakeProtobuf()
    {
        // The schema's first message.
        Text([0, 0, 0, 0, (byte)Version, 0]);
        Field(1, key);
        Text([2 << 3]);
        Varint((ulong)values.User);
        Field(3, Types[values.Type]);
        var outer = used;
        used += 2;
        Text([1 << 3]);
        Varint((ulong)(values.UnixMs / 1_000));
        Text([2 << 3]);
        Varint((ulong)(values.UnixMs % 1_000 * 1_000_000));
        (buffer[outer], buffer[outer + 1]) = ((4 << 3) | 2, (byte)(used - outer - 2));
        Text([(5 << 3) | 1]);
        BinaryPrimitives.WriteDoubleLittleEndian(buffer.AsSpan(used), values.Cents / 100.0);
        used += sizeof(double);
        Field(6, Countries[values.Country]);
        Field(7, "s-"u8, values.Session);
        Text([8 << 3, values.IsMobile ? (byte)1 : (byte)0]);
        Field(9, "/products/"u8, values.Page);
        if (Version >= EventSchemas.Versions) Field(10, "c-"u8, values.Page % 50);
    }

    /// <summary>A text, and the digits of a number behind it where there is one.</summary>
    private void AvroText(ReadOnlySpan<byte> text, long number = -1)
    {
        Span<byte> digits = stackalloc byte[20];
        var length = 0;
        if (number >= 0) Utf8Formatter.TryFormat(number, digits, out length);
        Varint((ulong)(text.Length + length) << 1);
        Text(text);
        Text(digits[..length]);
    }

    private void Field(int field, ReadOnlySpan<byte> text, long number = -1)
    {
        Varint(((ulong)field << 3) | 2);
        var at = used++;
        Text(text);
        if (number >= 0) Number(number);
        buffer[at] = (byte)(used - at - 1);
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) buffer[used++] = (byte)(value | 0x80);
        buffer[used++] = (byte)value;
    }

    /// <summary>SplitMix64's finalizer.</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private void WriteUuid(ulong high, ulong low)
    {
        var digits = "0123456789abcdef"u8;
        for (int i = 0, nibble = 0; i < 36; i++)
        {
            if (i is 8 or 13 or 18 or 23)
            {
                key[i] = (byte)'-';
                continue;
            }
            var word = nibble < 16 ? high : low;
            key[i] = digits[(int)(word >> (60 - nibble % 16 * 4)) & 15];
            nibble++;
        }
    }

    private void Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(buffer.AsSpan(used));
        used += text.Length;
    }

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, buffer.AsSpan(used), out var written);
        used += written;
    }

    private void TwoDigits(int value)
    {
        buffer[used++] = (byte)('0' + value / 10);
        buffer[used++] = (byte)('0' + value % 10);
    }

    private void Time(long unixMs)
    {
        DateTimeOffset.FromUnixTimeMilliseconds(unixMs).TryFormat(buffer.AsSpan(used), out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        used += written;
    }
}
