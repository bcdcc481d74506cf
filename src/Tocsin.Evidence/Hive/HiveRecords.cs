using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Hive;

/// <summary>Writes each value as one line of text, of which the record's fields are parts, and hands on the lines that the filter wants.</summary>
/// <remarks>
/// <code>HKLM\SOFTWARE\…\Run  Updater = C:\x.exe (REG_SZ, key last written 2021-03-03T01:02:03.0000000Z, hive SOFTWARE)</code>
/// The key's path is written once for all its values. Binary data is hexadecimal, and the texts in it follow as <c>Strings</c>.
/// </remarks>
internal sealed class HiveRecords : IHiveVisitor
{
    /// <summary>Text of one value that is written out. Longer values are data kept in the registry; rules look for words near the start.</summary>
    const int MaxTextBytes = 64 * 1024;

    /// <summary>Bytes of binary data written as hexadecimal.</summary>
    const int MaxHexBytes = 1024;

    /// <summary>Texts of a multiple value, and texts found in binary data: bounds what is kept for one record.</summary>
    const int MaxTexts = 1000;

    /// <summary>Text found in binary data, in all.</summary>
    const int MaxStringsBytes = 16 * 1024;

    /// <summary>Shorter runs are chance.</summary>
    const int MinStringChars = 6;

    readonly HiveText _line = new();
    readonly RecordBuffer _values;
    readonly RecordTarget _target;
    readonly ReadReport _report;
    readonly byte[] _hive;
    readonly int _hiveField, _keyField, _nameField, _typeField, _valueField, _stringsField, _classField, _deletedField, _writtenField;
    long _keyOffset = -1;
    bool _keyDeleted;
    int _keyStart, _keyEnd;

    public HiveRecords(RecordTarget target, HiveRoot root, ReadReport report)
    {
        _target = target;
        _report = report;
        _values = new RecordBuffer(target.Fields);
        _hive = System.Text.Encoding.UTF8.GetBytes(root.Hive);
        _hiveField = target.Fields.IndexOf("Hive");
        _keyField = target.Fields.IndexOf("Key");
        _nameField = target.Fields.IndexOf("Name");
        _typeField = target.Fields.IndexOf("Type");
        _valueField = target.Fields.IndexOf("Value");
        _stringsField = target.Fields.IndexOf("Strings");
        _classField = target.Fields.IndexOf("Class");
        _deletedField = target.Fields.IndexOf("Deleted");
        _writtenField = target.Fields.IndexOf("LastWrite");
    }

    public void OnKey(in HiveKey key)
    {
        Begin(in key, key.IsDeleted);
        _line.Add("  (key without values"u8);
        if (!key.Class.IsEmpty)
        {
            _line.Add(", class "u8);
            int start = _line.Length;
            _line.AddStored(key.Class, narrow: false);
            _values.Add(_classField, start, _line.Length - start);
        }

        End(in key, key.IsDeleted, key.Offset);
    }

    public void OnValue(in HiveKey key, in HiveValue value)
    {
        Begin(in key, value.IsDeleted);
        _line.Add("  "u8);
        int start = _line.Length;
        _line.AddStored(value.Name, value.IsNarrow);
        _values.Add(_nameField, start, _line.Length - start);
        if (value.Name.IsEmpty) _line.Add("(default)"u8);
        _line.Add(" = "u8);
        AddData(value.Type, value.Data);
        _line.Add(" ("u8);
        start = _line.Length;
        AddType(value.Type);
        _values.Add(_typeField, start, _line.Length - start);
        End(in key, value.IsDeleted, value.Offset);
    }

    void Begin(in HiveKey key, bool deleted)
    {
        _values.Clear();
        if (key.Offset != _keyOffset || deleted != _keyDeleted)
        {
            _line.Cut(0);
            if (deleted) _line.Add("deleted: "u8);
            _keyStart = _line.Length;
            _line.Add(key.Path);
            _keyEnd = _line.Length;
            (_keyOffset, _keyDeleted) = (key.Offset, deleted);
        }

        _line.Cut(_keyEnd);
        _values.Add(_keyField, _keyStart, _keyEnd - _keyStart);
    }

    void End(in HiveKey key, bool deleted, long offset)
    {
        int start;
        if (key.LastWriteUtc != default)
        {
            _line.Add(", key last written "u8);
            start = _line.Length;
            _line.Add(key.LastWriteUtc);
            _values.Add(_writtenField, start, _line.Length - start);
        }

        _line.Add(", hive "u8);
        start = _line.Length;
        _line.Add(_hive);
        _values.Add(_hiveField, start, _line.Length - start);
        _line.Add(")"u8);
        _report.Records++;
        ReadOnlySpan<byte> line = _line.Span;
        if (_target.Filter.FindCandidate(line, 0) < 0) return;
        _values.Add(_deletedField, deleted ? "true"u8 : "false"u8);
        _target.Sink.Accept(new Record(line, _values, new Position(0, offset), key.LastWriteUtc));
    }

    void AddData(uint type, ReadOnlySpan<byte> data)
    {
        int start = _line.Length;
        switch (type)
        {
            case 1 or 2 or 6:
                AddText(data[..Math.Min(data.Length, MaxTextBytes)]);
                break;
            case 7:
                AddTexts(data[..Math.Min(data.Length, MaxTextBytes)]);
                return;
            case 4 when data.Length == 4:
                _line.Add(BinaryPrimitives.ReadUInt32LittleEndian(data));
                break;
            case 5 when data.Length == 4:
                _line.Add(BinaryPrimitives.ReadUInt32BigEndian(data));
                break;
            case 11 when data.Length == 8:
                _line.Add(BinaryPrimitives.ReadInt64LittleEndian(data));
                break;
            default:
                _line.AddHex(data[..Math.Min(data.Length, MaxHexBytes)]);
                if (data.Length > MaxHexBytes) _line.Add("…"u8);
                _values.Add(_valueField, start, _line.Length - start);
                AddStrings(data);
                return;
        }

        _values.Add(_valueField, start, _line.Length - start);
    }

    void AddText(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<char> text = MemoryMarshal.Cast<byte, char>(data);
        int end = text.IndexOf('\0');
        _line.AddStored(data[..(2 * (end < 0 ? text.Length : end))], narrow: false);
    }

    void AddTexts(ReadOnlySpan<byte> data)
    {
        for (int count = 0; !data.IsEmpty && count < MaxTexts; count++)
        {
            int start = _line.Length;
            int end = MemoryMarshal.Cast<byte, char>(data).IndexOf('\0');
            AddText(data);
            if (_line.Length > start || count == 0)
            {
                _values.Add(_valueField, start, _line.Length - start);
                _line.Add(" | "u8);
            }

            if (end < 0) break;
            data = data[(2 * end + 2)..];
        }

        if (_line.Span.EndsWith(" | "u8)) _line.Cut(_line.Length - 3);
    }

    // Big-endian text, as certificates keep it, is little-endian text one byte off.
    void AddStrings(ReadOnlySpan<byte> data)
    {
        int limit = _line.Length + MaxStringsBytes;
        for (int at = 0, found = 0; at < data.Length && found < MaxTexts && _line.Length < limit;)
        {
            int narrow = data[at..].IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
            if (narrow < 0) narrow = data.Length - at;
            int wide = narrow == 1 ? WideRun(data[at..]) : 0;

            // Big-endian: the last character's zero stands before it.
            if (wide > 0 && at > 0 && data[at - 1] == 0 && 2 * wide < data.Length - at && data[at + 2 * wide] is >= 0x20 and <= 0x7E) wide++;
            if (narrow >= MinStringChars) AddString(data.Slice(at, Math.Min(narrow, limit - _line.Length)), step: 1);
            else if (wide >= MinStringChars) AddString(data.Slice(at, Math.Min(2 * wide - 1, limit - _line.Length)), step: 2);
            else
            {
                at += Math.Max(narrow, 1);
                continue;
            }

            found++;
            at += Math.Max(narrow, 2 * wide - 1);
        }
    }

    void AddString(ReadOnlySpan<byte> text, int step)
    {
        _line.Add(" \""u8);
        int start = _line.Length;
        for (int at = 0; at < text.Length; at += step == 1 ? text.Length : step) _line.Add(step == 1 ? text : text.Slice(at, 1));
        _values.Add(_stringsField, start, _line.Length - start);
        _line.Add("\""u8);
    }

    static int WideRun(ReadOnlySpan<byte> data)
    {
        int length = 0;
        while (2 * length + 1 < data.Length && data[2 * length] is >= 0x20 and <= 0x7E && data[2 * length + 1] == 0) length++;
        return length;
    }

    void AddType(uint type)
    {
        ReadOnlySpan<byte> name = type switch
        {
            0 => "REG_NONE"u8,
            1 => "REG_SZ"u8,
            2 => "REG_EXPAND_SZ"u8,
            3 => "REG_BINARY"u8,
            4 => "REG_DWORD"u8,
            5 => "REG_DWORD_BIG_ENDIAN"u8,
            6 => "REG_LINK"u8,
            7 => "REG_MULTI_SZ"u8,
            8 => "REG_RESOURCE_LIST"u8,
            9 => "REG_FULL_RESOURCE_DESCRIPTOR"u8,
            10 => "REG_RESOURCE_REQUIREMENTS_LIST"u8,
            11 => "REG_QWORD"u8,
            _ => default,
        };
        if (!name.IsEmpty)
        {
            _line.Add(name);
            return;
        }

        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(number, type);
        _line.Add("0x"u8);
        _line.AddHex(number);
    }
}
