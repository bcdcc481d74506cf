using System.Buffers.Binary;
using System.Text;

namespace Tocsin.Evidence.Sources;

/// <summary>The small print of zip headers (PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5), all little-endian.</summary>
internal static class ZipFields
{
    public const int LocalHeaderBytes = 30;
    public const int DirectoryHeaderBytes = 46;
    public const uint LocalSignature = 0x04034B50;
    public const uint DirectorySignature = 0x02014B50;
    public const uint DescriptorSignature = 0x08074B50;

    // Larger than any disk, and small enough to add up without overflow.
    const long MaxValue = 1L << 60;

    const ushort Zip64Field = 0x0001;
    const ushort NtfsField = 0x000A;
    const ushort UnixTimeField = 0x5455;

    // Names without the UTF-8 flag are in the code page of the first IBM PC.
    const string Cp437 =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

    static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Decodes a name: as UTF-8 where it is that, flagged or not (many writers forget the flag), else as code page 437.</summary>
    public static string Name(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return string.Create(bytes.Length, bytes, (chars, from) =>
            {
                for (int at = 0; at < chars.Length; at++) chars[at] = from[at] < 0x80 ? (char)from[at] : Cp437[from[at] - 0x80];
            });
        }
    }

    /// <summary>Applies the extra fields: sizes and offset beyond 4 GB, and times in UTC.</summary>
    /// <remarks>A 64-bit value is present only for a field that holds all ones, in the order length, packed length, offset.</remarks>
    public static DateTime? ReadExtra(ReadOnlySpan<byte> extra, ref long length, ref long packed, ref long offset)
    {
        DateTime? modified = null;
        while (extra.Length >= 4)
        {
            ushort id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4) break;
            var body = extra.Slice(4, size);
            extra = extra[(4 + size)..];
            switch (id)
            {
                case Zip64Field:
                    Widen(ref body, ref length);
                    Widen(ref body, ref packed);
                    Widen(ref body, ref offset);
                    break;
                case UnixTimeField when body.Length >= 5 && (body[0] & 1) != 0:
                    modified ??= DateTime.UnixEpoch.AddSeconds(BinaryPrimitives.ReadInt32LittleEndian(body[1..]));
                    break;
                case NtfsField when body.Length >= 16 && BinaryPrimitives.ReadUInt16LittleEndian(body[4..]) == 1:
                    long ticks = BinaryPrimitives.ReadInt64LittleEndian(body[8..]);
                    if (ticks > 0 && ticks <= DateTime.MaxValue.ToFileTimeUtc()) modified = DateTime.FromFileTimeUtc(ticks);
                    break;
            }
        }

        return modified;
    }

    static void Widen(ref ReadOnlySpan<byte> body, ref long value)
    {
        if (value != uint.MaxValue || body.Length < 8) return;
        long wide = BinaryPrimitives.ReadInt64LittleEndian(body);

        // A negative one must lead nowhere, and not to an entry that looks empty.
        value = wide is < 0 or > MaxValue ? MaxValue : wide;
        body = body[8..];
    }
}
