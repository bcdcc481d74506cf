using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Tocsin.Evidence.WebPages;

/// <summary>Walks the intermediate language of one method and gives the members that it calls.</summary>
/// <remarks>One byte of operation, or FE and one more; then 0, 1, 2, 4 or 8 bytes, or a table of jumps. Source: ECMA-335 III. Unknown operations end the walk.</remarks>
internal static class IntermediateCode
{
    public static List<int> Called(ImmutableArray<byte> code)
    {
        var called = new List<int>();
        ReadOnlySpan<byte> bytes = code.AsSpan();
        for (int at = 0; at < bytes.Length;)
        {
            byte operation = bytes[at++];
            bool names = operation is 0x28 or 0x6F or 0x73;
            int operand = OperandOf(operation);
            if (operation == 0xFE)
            {
                if (at >= bytes.Length) break;
                byte second = bytes[at++];
                names = second is 0x06 or 0x07;
                operand = second switch { 0x06 or 0x07 or 0x15 or 0x16 or 0x1C => 4, >= 0x09 and <= 0x0E => 2, 0x12 or 0x19 => 1, <= 0x1E => 0, _ => -1 };
            }

            if (operand < 0) break;
            if (operation == 0x45)
            {
                if (at + 4 > bytes.Length) break;
                uint jumps = BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
                if (jumps > (bytes.Length - at) / 4) break;
                at += 4 + 4 * (int)jumps;
                continue;
            }

            if (at + operand > bytes.Length) break;
            if (names) called.Add(BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]));
            at += operand;
        }

        return called;
    }

    static int OperandOf(byte operation) => operation switch
    {
        0x0E or 0x0F or 0x10 or 0x11 or 0x12 or 0x13 or 0x1F => 1,
        0x20 or 0x22 => 4,
        0x21 or 0x23 => 8,
        0x27 or 0x28 or 0x29 => 4,
        >= 0x2B and <= 0x37 or 0xDE => 1,
        >= 0x38 and <= 0x44 or 0x45 or 0xDD => 4,
        >= 0x6F and <= 0x75 or 0x79 or >= 0x7B and <= 0x81 or 0x8C or 0x8D or 0x8F or 0xA3 or 0xA4 or 0xA5 or 0xC2 or 0xC6 or 0xD0 => 4,
        0x24 or 0x77 or 0x78 or >= 0xA6 and <= 0xB2 or >= 0xBB and <= 0xC1 or 0xC4 or 0xC5 or >= 0xC7 and <= 0xCF or >= 0xE1 and not 0xFE => -1,
        _ => 0,
    };
}
