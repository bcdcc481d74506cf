using System.Text.Json;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Writes one entry of a table as JSON.</summary>
internal sealed class EntryJson(Utf8JsonWriter json, FolderTable folders)
{
    readonly byte[] _path = new byte[FolderTable.MaxPathBytes];
    readonly byte[] _text = new byte[Math.Max(ContentText.MaxBytes, FolderTable.MaxPathBytes + 1 + FileName.MaxBytes)];

    public void Write(FileEntry entry, uint number, long offset, bool isTorn)
    {
        json.WriteStartObject();
        json.WriteNumber("EntryNumber"u8, number);
        json.WriteNumber("Sequence"u8, entry.Sequence);
        json.WriteNumber("Offset"u8, offset);
        json.WriteBoolean("InUse"u8, entry.InUse);
        json.WriteBoolean("IsDirectory"u8, entry.IsFolder);
        if (isTorn) json.WriteBoolean("IsTorn"u8, true);
        if (entry.Base.Value != 0) json.WriteString("Base"u8, _text.AsSpan(0, entry.Base.Write(_text)));
        AttributeCursor attributes = entry.Attributes;
        bool hasNames = false, hasStreams = false;
        while (attributes.Next())
        {
            if (attributes.Type == AttributeType.StandardInformation && attributes.Content.Length >= FileTimes.Bytes) Times("SI"u8, FileTimes.Read(attributes.Content));
            hasNames |= attributes.Type == AttributeType.FileName;
            hasStreams |= attributes.Type == AttributeType.Content && !attributes.Name.IsEmpty;
            if (attributes.Type != AttributeType.Content || !attributes.Name.IsEmpty) continue;
            if (attributes.Size >= 0) json.WriteNumber("Size"u8, attributes.Size);
            if (!attributes.Content.IsEmpty) json.WriteString("Content"u8, _text.AsSpan(0, ContentText.Write(attributes.Content, _text)));
        }

        if (hasNames) Names(entry.Attributes);
        if (hasStreams) Streams(entry.Attributes);
        json.WriteEndObject();
    }

    void Names(AttributeCursor attributes)
    {
        json.WriteStartArray("Names"u8);
        while (attributes.Next())
        {
            if (attributes.Type != AttributeType.FileName || !FileName.TryRead(attributes.Content, out FileName name)) continue;
            ReadOnlySpan<byte> folder = folders.PathOf(name.Folder, _path, out bool isCertain);
            folder.CopyTo(_text);
            _text[folder.Length] = (byte)'\\';
            int length = folder.Length + 1 + name.Write(_text.AsSpan(folder.Length + 1));
            json.WriteStartObject();
            json.WriteString("Path"u8, _text.AsSpan(0, length));
            if (!isCertain) json.WriteBoolean("IsPathUncertain"u8, true);
            if (name.IsShortForm) json.WriteBoolean("IsShortForm"u8, true);
            json.WriteString("Folder"u8, _text.AsSpan(0, name.Folder.Write(_text)));
            Times("FN"u8, name.Times);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    void Streams(AttributeCursor attributes)
    {
        json.WriteStartArray("Streams"u8);
        while (attributes.Next())
        {
            if (attributes.Type != AttributeType.Content || attributes.Name.IsEmpty) continue;
            json.WriteStartObject();
            json.WriteString("Stream"u8, _text.AsSpan(0, FileName.Write(attributes.Name, _text)));
            if (attributes.Size >= 0) json.WriteNumber("Size"u8, attributes.Size);
            if (!attributes.Content.IsEmpty) json.WriteString("Content"u8, _text.AsSpan(0, ContentText.Write(attributes.Content, _text)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    void Times(ReadOnlySpan<byte> set, FileTimes times)
    {
        Time(set, "_Created"u8, times.Created);
        Time(set, "_Modified"u8, times.Modified);
        Time(set, "_Changed"u8, times.Changed);
        Time(set, "_Accessed"u8, times.Accessed);
    }

    void Time(ReadOnlySpan<byte> set, ReadOnlySpan<byte> which, long fileTime)
    {
        Span<byte> name = stackalloc byte[16], text = stackalloc byte[NtfsTime.TextBytes];
        int length = NtfsTime.Write(fileTime, text);
        if (length == 0) return;
        set.CopyTo(name);
        which.CopyTo(name[set.Length..]);
        json.WriteString(name[..(set.Length + which.Length)], text[..length]);
    }
}
