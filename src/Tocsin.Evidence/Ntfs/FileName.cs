using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Tocsin.Evidence.Ntfs;

/// <summary>The content of a <c>$FILE_NAME</c> attribute: one name of a file in one folder.</summary>
/// <remarks>
/// <code>
///  0        8                      40     48    56    60    64  65  66
///  +--------+----------------------+------+-----+-----+-----+---+---+-------------
///  |folder  | four times           |alloc |size |flags|     |len|spc| name, UTF-16
///  +--------+----------------------+------+-----+-----+-----+---+---+-------------
/// </code>
/// <c>spc</c>: 0 POSIX, 1 Windows, 2 the short name for DOS, 3 one name for both.
/// </remarks>
internal readonly ref struct FileName
{
    const int HeaderBytes = 66;
    const byte Dos = 2;

    /// <summary>Longest name in UTF-8: 255 characters.</summary>
    public const int MaxBytes = 255 * 3;

    readonly ReadOnlySpan<byte> _content;

    FileName(ReadOnlySpan<byte> content) => _content = content;

    /// <summary>The folder that it stands in.</summary>
    public FileReference Folder => new(BinaryPrimitives.ReadUInt64LittleEndian(_content));

    public FileTimes Times => FileTimes.Read(_content[8..]);

    /// <summary>Whether it is only the short form of another name.</summary>
    public bool IsShortForm => _content[65] == Dos;

    /// <summary>Reads an attribute's content; false where the name would end behind it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> content, out FileName name)
    {
        name = new FileName(content);
        return content.Length >= HeaderBytes && content[64] > 0 && HeaderBytes + content[64] * 2 <= content.Length;
    }

    /// <summary>Writes the name as <see cref="Write(ReadOnlySpan{char}, Span{byte})"/> does.</summary>
    public int Write(Span<byte> to) => Write(MemoryMarshal.Cast<byte, char>(_content.Slice(HeaderBytes, _content[64] * 2)), to);

    /// <summary>Writes a name as UTF-8 and gives its length. What would end a line or a folder's name becomes <c>?</c>, which Windows allows in no name.</summary>
    public static int Write(ReadOnlySpan<char> name, Span<byte> to)
    {
        Utf8.FromUtf16(name, to, out _, out int written);
        for (int i = 0; i < written; i++)
        {
            if (to[i] is < 0x20 or 0x7F or (byte)'\\' or (byte)'/') to[i] = (byte)'?';
        }

        return written;
    }
}
