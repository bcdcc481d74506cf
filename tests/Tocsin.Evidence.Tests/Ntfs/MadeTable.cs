using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Tocsin.Evidence.Tests.Ntfs;

/// <summary>Makes an <c>$MFT</c> byte by byte from what a test says is in it. Nothing in it is from a real volume.</summary>
sealed class MadeTable(int entryBytes = 1024)
{
    /// <summary>When everything was made that no test says otherwise of.</summary>
    public const string Then = "2021-03-03T04:05:06.1234567Z";

    readonly SortedDictionary<uint, MadeEntry> _entries = [];
    readonly Dictionary<string, uint> _folders = new(StringComparer.OrdinalIgnoreCase) { [""] = 5 };
    uint _next = 30;

    /// <summary>A table with itself, the root and nothing else.</summary>
    public static MadeTable New(int entryBytes = 1024)
    {
        var table = new MadeTable(entryBytes);
        table.Entry(0).Named("$MFT", 5, 5).Sequence = 1;
        MadeEntry root = table.Entry(5).Named(".", 5, 5);
        root.Sequence = 5;
        root.IsFolder = true;
        return table;
    }

    public MadeEntry Entry(uint number)
    {
        if (!_entries.TryGetValue(number, out MadeEntry? entry)) _entries[number] = entry = new MadeEntry(number);
        _next = Math.Max(_next, number + 1);
        return entry;
    }

    /// <summary>The folder of a path, made with all above it where it is not there.</summary>
    public uint Folder(string path)
    {
        path = path.TrimEnd('\\');
        if (_folders.TryGetValue(path, out uint number)) return number;
        int cut = path.LastIndexOf('\\');
        uint parent = Folder(path[..cut]);
        number = _next;
        Entry(number).Named(path[(cut + 1)..], parent, SequenceOf(parent)).IsFolder = true;
        return _folders[path] = number;
    }

    /// <summary>A file in a folder, which is made where it is not there.</summary>
    public MadeEntry File(string path, string created = Then, string? nameCreated = null)
    {
        int cut = path.LastIndexOf('\\');
        uint folder = Folder(path[..cut]);
        return Entry(_next).Standard(created).Named(path[(cut + 1)..], folder, SequenceOf(folder), nameCreated ?? created);
    }

    public ushort SequenceOf(uint number) => _entries[number].Sequence;

    /// <summary>The first number that a file or folder gets of itself.</summary>
    public MadeTable StartAt(uint number)
    {
        _next = number;
        return this;
    }

    public byte[] ToBytes(uint from = 0)
    {
        byte[] table = new byte[(int)(_entries.Keys.Max() - from + 1) * entryBytes];
        foreach (MadeEntry entry in _entries.Values.Where(e => e.Number >= from)) entry.Write(table.AsSpan((int)(entry.Number - from) * entryBytes, entryBytes));
        return table;
    }
}

/// <summary>One entry of a made table.</summary>
sealed class MadeEntry(uint number)
{
    readonly List<(uint Type, byte[] Bytes)> _attributes = [];

    public uint Number => number;

    public ushort Sequence { get; set; } = 1;

    public bool InUse { get; set; } = true;

    public bool IsFolder { get; set; }

    public ulong Base { get; set; }

    public MadeEntry Standard(string created, string? modified = null, string? changed = null, string? accessed = null)
    {
        byte[] content = new byte[72];
        Times(content, created, modified ?? created, changed ?? created, accessed ?? created);
        return Resident(0x10, "", content);
    }

    public MadeEntry Named(string name, uint folder, ushort folderSequence, string created = MadeTable.Then, byte space = 1)
    {
        byte[] content = new byte[66 + name.Length * 2];
        BinaryPrimitives.WriteUInt64LittleEndian(content, folder | (ulong)folderSequence << 48);
        Times(content.AsSpan(8), created, created, created, created);
        content[64] = (byte)name.Length;
        content[65] = space;
        Encoding.Unicode.GetBytes(name, content.AsSpan(66));
        return Resident(0x30, "", content);
    }

    public MadeEntry Content(string text) => Resident(0x80, "", Encoding.UTF8.GetBytes(text));

    public MadeEntry Content(byte[] bytes) => Resident(0x80, "", bytes);

    public MadeEntry Stream(string name, string text) => Resident(0x80, name, Encoding.UTF8.GetBytes(text));

    /// <summary>Content elsewhere on the disk: its size, and a list of stretches that nobody reads.</summary>
    public MadeEntry Elsewhere(long size, long firstCluster = 0, uint type = 0x80)
    {
        byte[] attribute = new byte[72];
        BinaryPrimitives.WriteUInt32LittleEndian(attribute, type);
        BinaryPrimitives.WriteInt32LittleEndian(attribute.AsSpan(4), attribute.Length);
        attribute[8] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(attribute.AsSpan(16), firstCluster);
        attribute[32] = 64;
        BinaryPrimitives.WriteInt64LittleEndian(attribute.AsSpan(40), size + 4095 & ~4095);
        BinaryPrimitives.WriteInt64LittleEndian(attribute.AsSpan(48), size);
        return Raw(type, attribute);
    }

    public MadeEntry List() => Resident(0x20, "", new byte[32]);

    public MadeEntry Continues(uint file, ushort sequence)
    {
        Base = file | (ulong)sequence << 48;
        return this;
    }

    public MadeEntry Deleted()
    {
        InUse = false;
        Sequence++;
        return this;
    }

    public MadeEntry Raw(uint type, byte[] attribute)
    {
        _attributes.Add((type, attribute));
        return this;
    }

    public MadeEntry Resident(uint type, string name, byte[] content)
    {
        int at = 24 + (name.Length * 2 + 7 & ~7);
        byte[] attribute = new byte[at + content.Length + 7 & ~7];
        BinaryPrimitives.WriteUInt32LittleEndian(attribute, type);
        BinaryPrimitives.WriteInt32LittleEndian(attribute.AsSpan(4), attribute.Length);
        attribute[9] = (byte)name.Length;
        attribute[10] = 24;
        Encoding.Unicode.GetBytes(name, attribute.AsSpan(24));
        BinaryPrimitives.WriteInt32LittleEndian(attribute.AsSpan(16), content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(attribute.AsSpan(20), (ushort)at);
        content.CopyTo(attribute, at);
        return Raw(type, attribute);
    }

    public void Write(Span<byte> entry)
    {
        const ushort Counter = 7;
        int sectors = entry.Length / 512, first = 48 + 2 * (sectors + 1) + 7 & ~7, at = first;
        "FILE"u8.CopyTo(entry);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], 48);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], (ushort)(sectors + 1));
        BinaryPrimitives.WriteUInt16LittleEndian(entry[16..], Sequence);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[18..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[20..], (ushort)first);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[22..], (ushort)((InUse ? 1 : 0) | (IsFolder ? 2 : 0)));
        BinaryPrimitives.WriteInt32LittleEndian(entry[28..], entry.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], Base);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[44..], number);
        foreach ((uint _, byte[] attribute) in _attributes.OrderBy(a => a.Type))
        {
            attribute.CopyTo(entry[at..]);
            at += attribute.Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(entry[at..], 0xFFFF_FFFF);
        BinaryPrimitives.WriteInt32LittleEndian(entry[24..], at + 8);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[48..], Counter);
        for (int sector = 1; sector <= sectors; sector++)
        {
            Span<byte> end = entry.Slice(sector * 512 - 2, 2);
            end.CopyTo(entry[(48 + 2 * sector)..]);
            BinaryPrimitives.WriteUInt16LittleEndian(end, Counter);
        }
    }

    static void Times(Span<byte> to, params ReadOnlySpan<string> times)
    {
        for (int i = 0; i < times.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(to[(8 * i)..], FileTime(times[i]));
    }

    public static long FileTime(string time) =>
        DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal).ToFileTimeUtc();
}
