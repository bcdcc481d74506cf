using System.Buffers.Binary;
using System.Text;

namespace Tocsin.Evidence.Tests.Hive;

/// <summary>Makes registry hives, since no real one of an Exchange server is public. Everything that comes of it is made.</summary>
sealed class MadeHive
{
    const int HeaderBytes = 4096, BinHeaderBytes = 32;
    const uint None = uint.MaxValue;
    const int PieceBytes = 16344;

    readonly Node _root = new("ROOT", "");
    readonly Dictionary<string, uint> _cells = new(StringComparer.OrdinalIgnoreCase);
    byte[] _bins = [];
    int _used;

    sealed class Node(string name, string path)
    {
        public string Name { get; } = name;
        public string Path { get; } = path;
        public List<Node> Children { get; } = [];
        public List<(string Name, uint Type, byte[] Data)> Values { get; } = [];
        public DateTime? Time { get; set; }
        public string? Class { get; set; }
        public bool IsDeleted { get; set; }
        public HashSet<string> DeletedValues { get; } = [];
        public uint Cell { get; set; }
    }

    /// <summary>Kind of the lists of subkeys: lf, lh, li, or ri over several lh.</summary>
    public string Lists { get; init; } = "lh";

    public string FileName { get; init; } = "";

    public uint Primary { get; init; } = 7;

    public uint Secondary { get; init; } = 7;

    public DateTime Time { get; init; } = new(2021, 3, 3, 1, 2, 3, DateTimeKind.Utc);

    /// <summary>Adds a key, and the keys above it.</summary>
    public MadeHive Key(string path, DateTime? time = null, string? className = null)
    {
        Node node = At(path);
        node.Time = time ?? node.Time;
        node.Class = className ?? node.Class;
        return this;
    }

    public MadeHive Text(string path, string name, string text, uint type = 1) => Value(path, name, type, Encoding.Unicode.GetBytes(text + '\0'));

    public MadeHive Texts(string path, string name, params string[] texts) => Value(path, name, 7, Encoding.Unicode.GetBytes(string.Concat(texts.Select(t => t + '\0')) + '\0'));

    public MadeHive Number(string path, string name, uint number)
    {
        byte[] data = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        return Value(path, name, 4, data);
    }

    public MadeHive Value(string path, string name, uint type, byte[] data)
    {
        At(path).Values.Add((name, type, data));
        return this;
    }

    /// <summary>Frees a key's cells and those of its values, and takes it out of the list of its parent, as deleting does.</summary>
    public MadeHive Delete(string path)
    {
        At(path).IsDeleted = true;
        return this;
    }

    public MadeHive DeleteValue(string path, string name)
    {
        At(path).DeletedValues.Add(name);
        return this;
    }

    /// <summary>After <see cref="Build"/>: the offset of a key's cell in the bins; of a value's cell for <c>PATH:NAME</c>, of a list for <c>PATH:*</c>.</summary>
    public uint CellOf(string path) => _cells[path];

    public byte[] Build()
    {
        _bins = new byte[4096];
        _used = BinHeaderBytes;
        _cells.Clear();
        Write(_root, None, isRoot: true);
        byte[] file = new byte[HeaderBytes + _bins.Length];
        if (_bins.Length - _used is >= 8 and var free) BinaryPrimitives.WriteInt32LittleEndian(_bins.AsSpan(_used), free);
        "hbin"u8.CopyTo(_bins);
        BinaryPrimitives.WriteInt32LittleEndian(_bins.AsSpan(8), _bins.Length);
        BinaryPrimitives.WriteInt64LittleEndian(_bins.AsSpan(20), Time.ToFileTimeUtc());
        _bins.CopyTo(file, HeaderBytes);
        WriteHeader(file, 0, Primary, Secondary, (uint)_bins.Length);
        return file;
    }

    public void WriteHeader(Span<byte> file, uint type, uint primary, uint secondary, uint binsBytes)
    {
        "regf"u8.CopyTo(file);
        Put(file, 4, primary);
        Put(file, 8, secondary);
        BinaryPrimitives.WriteInt64LittleEndian(file[12..], Time.ToFileTimeUtc());
        Put(file, 20, 1);
        Put(file, 24, 5);
        Put(file, 28, type);
        Put(file, 32, 1);
        Put(file, 36, _root.Cell);
        Put(file, 40, binsBytes);
        Put(file, 44, 1);
        Encoding.Unicode.GetBytes(FileName[..Math.Min(31, FileName.Length)]).CopyTo(file[48..]);
        Sign(file);
    }

    public static void Sign(Span<byte> file)
    {
        uint sum = 0;
        for (int at = 0; at < 508; at += 4) sum ^= BinaryPrimitives.ReadUInt32LittleEndian(file[at..]);
        Put(file, 508, sum);
    }

    Node At(string path)
    {
        Node at = _root;
        string so = "";
        foreach (string name in path.Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            so = so.Length == 0 ? name : $@"{so}\{name}";
            Node? next = at.Children.Find(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (next is null) at.Children.Add(next = new Node(name, so));
            at = next;
        }

        return at;
    }

    void Write(Node node, uint parent, bool isRoot, bool isDeleted = false)
    {
        isDeleted |= node.IsDeleted;
        bool narrow = node.Name.All(c => c < 256);
        byte[] name = narrow ? Encoding.Latin1.GetBytes(node.Name) : Encoding.Unicode.GetBytes(node.Name);
        uint cell = node.Cell = Allocate(76 + name.Length, isDeleted);
        _cells[node.Path] = cell;
        foreach (Node child in node.Children.OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase)) Write(child, cell, isRoot: false, isDeleted);
        Node[] listed = [.. node.Children.Where(c => !c.IsDeleted).OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase)];
        uint list = listed.Length == 0 ? None : WriteList(listed, isDeleted);
        _cells[node.Path + ":*"] = list;

        var values = new List<uint>();
        foreach ((string valueName, uint type, byte[] data) in node.Values)
        {
            bool gone = isDeleted || node.DeletedValues.Contains(valueName);
            uint value = WriteValue(valueName, type, data, gone);
            _cells[$"{node.Path}:{valueName}"] = value;
            if (isDeleted || !gone) values.Add(value);
        }

        uint valueList = None;
        if (values.Count > 0)
        {
            valueList = Allocate(4 * values.Count, isDeleted);
            for (int i = 0; i < values.Count; i++) Put(Cell(valueList), 4 * i, values[i]);
        }

        uint classCell = None;
        if (node.Class is not null)
        {
            byte[] text = Encoding.Unicode.GetBytes(node.Class);
            classCell = Allocate(text.Length, isDeleted);
            text.CopyTo(Cell(classCell));
        }

        Span<byte> nk = Cell(cell);
        "nk"u8.CopyTo(nk);
        BinaryPrimitives.WriteUInt16LittleEndian(nk[2..], (ushort)((narrow ? 0x20 : 0) | (isRoot ? 0x0C : 0)));
        BinaryPrimitives.WriteInt64LittleEndian(nk[4..], (node.Time ?? Time).ToFileTimeUtc());
        Put(nk, 16, parent);
        Put(nk, 20, (uint)listed.Length);
        Put(nk, 28, list);
        Put(nk, 32, None);
        Put(nk, 36, (uint)values.Count);
        Put(nk, 40, valueList);
        Put(nk, 44, None);
        Put(nk, 48, classCell);
        BinaryPrimitives.WriteUInt16LittleEndian(nk[72..], (ushort)name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(nk[74..], (ushort)(2 * (node.Class?.Length ?? 0)));
        name.CopyTo(nk[76..]);
    }

    uint WriteList(Node[] keys, bool isDeleted)
    {
        if (Lists == "ri")
        {
            uint[] lists = [.. keys.Chunk(2).Select(part => WriteLeaf("lh", part, isDeleted))];
            uint root = Allocate(4 + 4 * lists.Length, isDeleted);
            "ri"u8.CopyTo(Cell(root));
            BinaryPrimitives.WriteUInt16LittleEndian(Cell(root)[2..], (ushort)lists.Length);
            for (int i = 0; i < lists.Length; i++) Put(Cell(root), 4 + 4 * i, lists[i]);
            return root;
        }

        return WriteLeaf(Lists, keys, isDeleted);
    }

    uint WriteLeaf(string kind, Node[] keys, bool isDeleted)
    {
        int step = kind == "li" ? 4 : 8;
        uint leaf = Allocate(4 + step * keys.Length, isDeleted);
        Encoding.ASCII.GetBytes(kind).CopyTo(Cell(leaf));
        BinaryPrimitives.WriteUInt16LittleEndian(Cell(leaf)[2..], (ushort)keys.Length);
        for (int i = 0; i < keys.Length; i++) Put(Cell(leaf), 4 + step * i, keys[i].Cell);
        return leaf;
    }

    uint WriteValue(string valueName, uint type, byte[] data, bool isDeleted)
    {
        bool narrow = valueName.All(c => c < 256);
        byte[] name = narrow ? Encoding.Latin1.GetBytes(valueName) : Encoding.Unicode.GetBytes(valueName);
        uint cell = Allocate(20 + name.Length, isDeleted);
        uint dataCell = 0, dataBytes = (uint)data.Length;
        if (data.Length <= 4)
        {
            dataBytes |= 0x8000_0000;
            byte[] four = new byte[4];
            data.CopyTo(four, 0);
            dataCell = BinaryPrimitives.ReadUInt32LittleEndian(four);
        }
        else if (data.Length <= PieceBytes)
        {
            dataCell = Allocate(data.Length, isDeleted);
            data.CopyTo(Cell(dataCell));
        }
        else
        {
            uint[] pieces = [.. data.Chunk(PieceBytes).Select(piece =>
            {
                // A piece is as long as its cell but for four bytes, which is why its length must be counted.
                uint of = Allocate(piece.Length + 4, isDeleted);
                piece.CopyTo(Cell(of));
                return of;
            })];
            uint list = Allocate(4 * pieces.Length, isDeleted);
            for (int i = 0; i < pieces.Length; i++) Put(Cell(list), 4 * i, pieces[i]);
            dataCell = Allocate(8, isDeleted);
            "db"u8.CopyTo(Cell(dataCell));
            BinaryPrimitives.WriteUInt16LittleEndian(Cell(dataCell)[2..], (ushort)pieces.Length);
            Put(Cell(dataCell), 4, list);
        }

        Span<byte> vk = Cell(cell);
        "vk"u8.CopyTo(vk);
        BinaryPrimitives.WriteUInt16LittleEndian(vk[2..], (ushort)name.Length);
        Put(vk, 4, dataBytes);
        Put(vk, 8, dataCell);
        Put(vk, 12, type);
        BinaryPrimitives.WriteUInt16LittleEndian(vk[16..], (ushort)(narrow ? 1 : 0));
        name.CopyTo(vk[20..]);
        return cell;
    }

    uint Allocate(int dataBytes, bool free)
    {
        int size = (4 + dataBytes + 7) & ~7;
        int offset = _used;
        _used += size;
        if (_used > _bins.Length) Array.Resize(ref _bins, (_used + 4095) & ~4095);
        BinaryPrimitives.WriteInt32LittleEndian(_bins.AsSpan(offset), free ? size : -size);
        return (uint)offset;
    }

    Span<byte> Cell(uint offset) => _bins.AsSpan((int)offset + 4);

    static void Put(Span<byte> bytes, int at, uint number) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], number);
}
