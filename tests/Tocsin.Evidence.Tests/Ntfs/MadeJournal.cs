using System.Buffers.Binary;
using System.Text;

namespace Tocsin.Evidence.Tests.Ntfs;

/// <summary>Makes a USN journal from what a test says is in it.</summary>
sealed class MadeJournal
{
    const int PageBytes = 4096;

    readonly List<byte> _bytes = [];

    public const uint Create = 0x100, Delete = 0x200, Extend = 0x2, OldName = 0x1000, NewName = 0x2000, Close = 0x8000_0000;

    public MadeJournal Zeros(int bytes)
    {
        _bytes.AddRange(new byte[bytes]);
        return this;
    }

    public MadeJournal Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A record; where it would cross a page, the rest of the page stays zero.</summary>
    public MadeJournal Add(string name, uint reasons, string time = MadeTable.Then, ulong file = 0x0001_0000_0000_0064, ulong folder = 0x0002_0000_0000_0050, int version = 2)
    {
        byte[] record = Record(name, reasons, time, file, folder, version, _bytes.Count);
        int left = PageBytes - _bytes.Count % PageBytes;
        if (record.Length > left) Zeros(left);
        _bytes.AddRange(record);
        return this;
    }

    public byte[] ToBytes() => [.. _bytes];

    static byte[] Record(string name, uint reasons, string time, ulong file, ulong folder, int version, long usn)
    {
        int shift = version == 2 ? 0 : 16;
        byte[] record = version == 4 ? new byte[80] : new byte[60 + shift + name.Length * 2 + 7 & ~7];
        Span<byte> bytes = record;
        BinaryPrimitives.WriteInt32LittleEndian(bytes, record.Length);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[4..], (short)version);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], file);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(version == 2 ? 16 : 24)..], folder);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[(24 + shift)..], usn);
        if (version == 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[48..], reasons);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[60..], 1);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[62..], 16);
            return record;
        }

        BinaryPrimitives.WriteInt64LittleEndian(bytes[(32 + shift)..], MadeEntry.FileTime(time));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[(40 + shift)..], reasons);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[(52 + shift)..], 0x20);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[(56 + shift)..], (ushort)(name.Length * 2));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[(58 + shift)..], (ushort)(60 + shift));
        Encoding.Unicode.GetBytes(name, bytes[(60 + shift)..]);
        return record;
    }
}
