using System.Buffers.Text;
using System.Globalization;

namespace K2I.Cli.Demo;

/// <summary>
/// Shop events of about 220 bytes of JSON in nine fields, for the demo and the benchmarks: event <c>n</c> of a seed is the same on every run. One thread; no
/// allocation per event.
/// </summary>
internal sealed class EventGenerator(ulong seed, long startUnixMs)
{
    /// <summary>The events' columns as <c>k2i.ini</c> declares them.</summary>
    internal const string Columns =
        "event_id: string!, user_id: long, event_type: string, event_time: timestamptz, amount: decimal(10,2), country: string, session_id: string, mobile: boolean, page: string";

    private static readonly byte[][] Types = [.. "page_view search add_to_cart remove_from_cart checkout purchase refund login logout signup".Split(' ').Select(System.Text.Encoding.UTF8.GetBytes)];
    private static readonly byte[][] Countries = [.. "DE FR GB US IN BR JP NL SE PL ES IT CA AU MX ZA".Split(' ').Select(System.Text.Encoding.UTF8.GetBytes)];

    private readonly byte[] buffer = new byte[512];
    private readonly byte[] key = new byte[36];
    private int used;

    /// <summary>The last event's JSON; overwritten by the next.</summary>
    internal ReadOnlySpan<byte> Value => buffer.AsSpan(0, used);

    /// <summary>The last event's id, as text of 36 characters.</summary>
    internal ReadOnlySpan<byte> Key => key;

    /// <summary>Makes event <paramref name="number"/>; events follow each other by about a millisecond.</summary>
    internal void Make(long number)
    {
        var random = Mix(seed ^ (ulong)number * 0x9E3779B97F4A7C15);
        var more = Mix(random);
        WriteUuid(random, more);
        used = 0;
        Text("{\"event_id\":\""u8);
        Text(key);
        Text("\",\"user_id\":"u8);
        Number((long)(random % 5_000_000));
        Text(",\"event_type\":\""u8);
        Text(Types[more % (ulong)Types.Length]);
        Text("\",\"event_time\":\""u8);
        Time(startUnixMs + number);
        Text("\",\"amount\":"u8);
        Number((long)((more >> 8) % 100_000));
        Text("."u8);
        TwoDigits((int)((more >> 32) % 100));
        Text(",\"country\":\""u8);
        Text(Countries[(random >> 40) % (ulong)Countries.Length]);
        Text("\",\"session_id\":\"s-"u8);
        Number((long)(Mix(random % 5_000_000 + (ulong)number / 65_536) >> 16));
        Text("\",\"mobile\":"u8);
        Text((more & 1) != 0 ? "true"u8 : "false"u8);
        Text(",\"page\":\"/products/"u8);
        Number((long)((random >> 20) % 40_000));
        Text("\"}"u8);
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
