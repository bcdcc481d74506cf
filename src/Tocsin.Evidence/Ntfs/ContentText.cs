using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Makes one line of text of content that lies in an entry.</summary>
internal static class ContentText
{
    /// <summary>Bounds a record's line. An entry of 1,024 bytes holds some 700 of content.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Whether the content has the marks of script that a server carries out. Says nothing of what the script does.</summary>
    public static bool IsScript(ReadOnlySpan<byte> content)
    {
        if (!content.Contains((byte)'<')) return false;
        if (!IsWide(content)) return HasMarks(content);
        Span<byte> text = stackalloc byte[MaxBytes];
        return HasMarks(text[..Write(content, text)]);
    }

    static bool HasMarks(ReadOnlySpan<byte> text) => text.IndexOf("<%"u8) >= 0 || text.IndexOf("<?php"u8) >= 0 || FileInterest.HasWithin(text, "runat"u8);

    // UTF-16 by its mark, or by four Latin letters.
    static bool IsWide(ReadOnlySpan<byte> content) =>
        content is [0xFF, 0xFE, ..] || content.Length >= 8 && content[1] == 0 && content[3] == 0 && content[5] == 0 && content[7] == 0 && content[0] != 0;

    /// <summary>Writes up to <see cref="MaxBytes"/> of UTF-8 and gives the length: UTF-16 is taken for what it is, control characters and zeros become single blanks.</summary>
    public static int Write(ReadOnlySpan<byte> content, Span<byte> to)
    {
        bool isWide = IsWide(content);
        if (content is [0xFF, 0xFE, ..] || content is [0xEF, 0xBB, 0xBF, ..]) content = content[(isWide ? 2 : 3)..];
        int written = 0;
        bool blank = true;
        while (content.Length > (isWide ? 1 : 0) && written + 4 <= Math.Min(to.Length, MaxBytes))
        {
            Rune rune;
            int used;
            OperationStatus status = isWide
                ? Rune.DecodeFromUtf16(MemoryMarshal.Cast<byte, char>(content), out rune, out used)
                : Rune.DecodeFromUtf8(content, out rune, out used);
            if (status != OperationStatus.Done) rune = Rune.ReplacementChar;
            content = content[Math.Max(1, isWide ? used * 2 : used)..];
            bool isBlank = rune.Value is < 0x20 or 0x7F;
            if (isBlank && blank) continue;
            blank = isBlank;
            if (isBlank) to[written++] = (byte)' ';
            else written += rune.EncodeToUtf8(to[written..]);
        }

        return written;
    }
}
