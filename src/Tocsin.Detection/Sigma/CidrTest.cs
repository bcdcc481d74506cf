using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tocsin.Detection.Sigma;

/// <summary>Whether an address lies in a network, IPv4 or IPv6. An IPv4 address written as IPv6 (<c>::ffff:10.0.0.1</c>) counts as IPv4.</summary>
sealed class CidrTest : ValueTest
{
    readonly UInt128 _network;
    readonly UInt128 _mask;

    CidrTest(UInt128 network, UInt128 mask)
    {
        _network = network & mask;
        _mask = mask;
    }

    /// <summary>Reads <c>10.0.0.0/8</c>, <c>fe80::/10</c> or a single address; null if it is none of them.</summary>
    public static CidrTest? Parse(string text)
    {
        string[] parts = text.Trim().Split('/');
        if (parts.Length > 2 || !IPAddress.TryParse(parts[0], out IPAddress? address)) return null;
        if (!TryRead(Encoding.ASCII.GetBytes(parts[0]), out UInt128 network)) return null;

        int width = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        int prefix = width;
        if (parts.Length == 2 && (!int.TryParse(parts[1], out prefix) || prefix < 0 || prefix > width)) return null;

        int bits = prefix + 128 - width;
        return new(network, bits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - bits));
    }

    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch) =>
        TryRead(value, out UInt128 address) && (address & _mask) == _network;

    /// <summary>Reads an address without allocating; IPv4 becomes its IPv6 form.</summary>
    static bool TryRead(ReadOnlySpan<byte> text, out UInt128 address)
    {
        if (text is [(byte)'[', .. var inner, (byte)']']) text = inner;
        int zone = text.IndexOf((byte)'%');
        if (zone >= 0) text = text[..zone];
        address = default;
        if (!text.Contains((byte)':'))
        {
            if (!TryReadV4(text, out uint v4)) return false;
            address = new UInt128(0, 0xFFFF_0000_0000UL | v4);
            return true;
        }

        return TryReadV6(text, out address);
    }

    static bool TryReadV4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        int octets = 0;
        foreach (Range range in text.Split((byte)'.'))
        {
            ReadOnlySpan<byte> octet = text[range];
            if (octets++ == 4 || octet.Length is 0 or > 3 || octet.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
            int number = 0;
            foreach (byte digit in octet) number = number * 10 + digit - '0';
            if (number > 255) return false;
            address = address << 8 | (uint)number;
        }

        return octets == 4;
    }

    static bool TryReadV6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        address = default;
        int gap = text.IndexOf("::"u8);
        if (gap < 0) return TryReadGroups(text, out address, out int all) && all == 8;

        if (!TryReadGroups(text[..gap], out UInt128 head, out int before)) return false;
        if (!TryReadGroups(text[(gap + 2)..], out UInt128 tail, out int after) || before + after > 7) return false;

        address = (before == 0 ? UInt128.Zero : head << (16 * (8 - before))) | tail;
        return true;
    }

    static bool TryReadGroups(ReadOnlySpan<byte> text, out UInt128 groups, out int count)
    {
        groups = default;
        count = 0;
        if (text.IsEmpty) return true;
        foreach (Range range in text.Split((byte)':'))
        {
            ReadOnlySpan<byte> group = text[range];
            if (group.Contains((byte)'.'))
            {
                // The last two groups may be written as an IPv4 address.
                if (range.End.GetOffset(text.Length) != text.Length || !TryReadV4(group, out uint v4)) return false;
                groups = groups << 32 | v4;
                count += 2;
                continue;
            }

            if (group.Length is 0 or > 4 || count >= 8) return false;
            ushort number = 0;
            foreach (byte b in group)
            {
                if (!char.IsAsciiHexDigit((char)b)) return false;
                number = (ushort)(number << 4 | (b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10));
            }

            groups = groups << 16 | number;
            count++;
        }

        return count <= 8;
    }
}
