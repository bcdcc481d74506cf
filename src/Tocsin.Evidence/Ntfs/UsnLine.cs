using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Writes records of a journal as lines, and remembers between them which pages came and what a renamed file was called.</summary>
internal sealed class UsnLine(FieldSet fields)
{
    /// <summary>Pages whose coming is remembered. Bounds memory; an update makes some thousand.</summary>
    const int MaxPages = 20_000;

    readonly RecordLine _line = new(fields);
    readonly HashSet<ulong> _pages = [];
    readonly byte[] _name = new byte[FileName.MaxBytes], _oldName = new byte[FileName.MaxBytes];
    int _oldLength;
    FileReference _renamed;

    readonly int _nameField = fields.IndexOf("Name"), _extension = fields.IndexOf("Extension"), _reason = fields.IndexOf("Reason"), _source = fields.IndexOf("Source"), _attributes = fields.IndexOf("Attributes");
    readonly int _file = fields.IndexOf("FileReference"), _folder = fields.IndexOf("ParentReference"), _usn = fields.IndexOf("Usn"), _old = fields.IndexOf("OldName"), _fact = fields.IndexOf("Fact");

    /// <summary>The values of the line written last.</summary>
    public RecordBuffer Values => _line.Values;

    /// <summary>Writes a record; valid until the next.</summary>
    public ReadOnlySpan<byte> Write(UsnRecord record)
    {
        _line.Clear();
        ReadOnlySpan<byte> name = _name.AsSpan(0, FileName.Write(record.Name, _name));
        if (!name.IsEmpty) _line.Add(_nameField, name);
        if (FileInterest.ExtensionOf(name).Length is > 0 and var extension) _line.Values.Add(_extension, _line.Length - extension, extension);
        AddWords("Reason"u8, _reason, record.Reasons, UsnWords.Reasons);
        if (HasComeAndGone(record, name))
        {
            _line.AddName("Fact"u8);
            _line.Add(_fact, "created-and-deleted"u8);
        }

        AddOldName(record, name);
        AddReference("FileReference"u8, _file, record.File);
        AddReference("ParentReference"u8, _folder, record.Folder);
        AddWords("Attributes"u8, _attributes, record.Attributes, UsnWords.Attributes);
        AddWords("Source"u8, _source, record.Sources, UsnWords.Sources);
        _line.AddName("Usn"u8);
        _line.Add(_usn, record.Usn);
        return _line.Text;
    }

    bool HasComeAndGone(UsnRecord record, ReadOnlySpan<byte> name)
    {
        if (!FileInterest.IsPage(name)) return false;
        if ((record.Reasons & UsnWords.Created) != 0 && _pages.Count < MaxPages) _pages.Add(record.File.Value);
        return (record.Reasons & UsnWords.Deleted) != 0 && _pages.Contains(record.File.Value);
    }

    // Windows writes the old name and the new one right after each other.
    void AddOldName(UsnRecord record, ReadOnlySpan<byte> name)
    {
        if ((record.Reasons & UsnWords.OldName) != 0)
        {
            _renamed = record.File;
            name.CopyTo(_oldName);
            _oldLength = name.Length;
        }
        else if ((record.Reasons & UsnWords.NewName) != 0 && record.File == _renamed && _oldLength > 0)
        {
            _line.AddName("OldName"u8);
            _line.Add(_old, _oldName.AsSpan(0, _oldLength));
        }
    }

    void AddReference(ReadOnlySpan<byte> name, int field, FileReference reference)
    {
        Span<byte> text = stackalloc byte[32];
        _line.AddName(name);
        _line.Add(field, text[..reference.Write(text)]);
    }

    void AddWords(ReadOnlySpan<byte> name, int field, uint bits, (uint Bit, byte[] Word)[] words)
    {
        bool any = false;
        foreach ((uint bit, byte[] word) in words)
        {
            if ((bits & bit) == 0) continue;
            if (any) _line.Add(","u8);
            else _line.AddName(name);
            _line.Add(field, word);
            any = true;
        }
    }
}
