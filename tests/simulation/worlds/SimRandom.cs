using System.Buffers.Binary;
using K2I.Base;

namespace K2I.Simulation.Tests;

/// <summary>Ids and jitter of one host.</summary>
public sealed class SimRandom(Dice dice) : IRandom
{
    public long NextInt64(long exclusiveMax) => dice.Below(exclusiveMax);

    public Guid NewGuid() => Make(0x40);

    public Guid NewTimeGuid(long unixMs)
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes, 0x70);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(unixMs >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)unixMs);
        return new(bytes, bigEndian: true);
    }

    private Guid Make(byte version)
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes, version);
        return new(bytes, bigEndian: true);
    }

    private void Fill(Span<byte> bytes, byte version)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, dice.Next());
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], dice.Next());
        bytes[6] = (byte)(bytes[6] & 0x0F | version);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
    }
}
