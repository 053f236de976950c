namespace K2I.Iceberg;

/// <summary>CRC-32 (IEEE 802.3), four bits at a time: what it guards here is small and read once.</summary>
internal static class Crc32
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table =
        [
            0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
            0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
        ];
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            crc = crc >> 4 ^ table[(int)(crc & 15)];
            crc = crc >> 4 ^ table[(int)(crc & 15)];
        }
        return ~crc;
    }
}
