using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tocsin.Evidence.Evtx;

namespace Tocsin.Evidence.Tests.Evtx;

/// <summary>A value to substitute: its type, and what writes its bytes into the chunk.</summary>
sealed record MadeValue(byte Type, Action<MadeChunk> Write)
{
    public static MadeValue Bytes(byte type, params byte[] bytes) => new(type, c => c.Put(bytes));

    public static MadeValue Text(string text) => Bytes(EvtxType.Utf16, Encoding.Unicode.GetBytes(text));

    public static MadeValue Texts(params string[] texts) => Bytes(EvtxType.Utf16 | EvtxType.Array, Encoding.Unicode.GetBytes(string.Concat(texts.Select(t => t + "\0"))));

    public static MadeValue Number(ushort number) => Bytes(EvtxType.UInt16, [(byte)number, (byte)(number >> 8)]);

    public static MadeValue Time(DateTime utc) => Bytes(EvtxType.FileTime, BitConverter.GetBytes(utc.ToFileTimeUtc()));

    public static MadeValue Nested(string xml, params MadeValue[] values) => new(EvtxType.BinXml, c => c.PutInstance(xml, values));

    public static MadeValue None { get; } = Bytes(EvtxType.Null);
}

/// <summary>Builds chunks of made event logs. Templates are XML in which <c>{3:01}</c> stands for value 3 of type 1, <c>{?3:01}</c> for one that is optional.</summary>
sealed partial class MadeChunk
{
    readonly byte[] _bytes = new byte[EvtxLayout.ChunkBytes];
    readonly Dictionary<string, int> _names = [];
    readonly Dictionary<string, int> _templates = [];
    int _at = EvtxLayout.FirstRecord;
    int _last;
    long _firstId = -1;
    long _lastId;

    [GeneratedRegex(@"\{(\??)(\d+):([0-9a-f]{2})\}")]
    private static partial Regex Substitution { get; }

    /// <summary>Where the next record begins.</summary>
    public int At => _at;

    public MadeChunk Add(long id, DateTime written, string xml, params MadeValue[] values) => AddRecord(id, written, () => PutInstance(xml, values));

    /// <summary>A record without template.</summary>
    public MadeChunk AddLiteral(long id, DateTime written, string xml) => AddRecord(id, written, () => PutFragment(xml, isDefinition: false));

    public MadeChunk AddRecord(long id, DateTime written, Action content)
    {
        int start = _last = _at;
        Put([0x2A, 0x2A, 0, 0, 0, 0, 0, 0]);
        Put(BitConverter.GetBytes(id));
        Put(BitConverter.GetBytes(written.ToFileTimeUtc()));
        content();
        while (_at % 8 != 4) Put([0]);
        Put(BitConverter.GetBytes(_at + 4 - start));
        Set(start + 4, (uint)(_at - start));
        if (_firstId < 0) _firstId = id;
        _lastId = id;
        return this;
    }

    /// <summary>The chunk, with its counts and checksums.</summary>
    /// <param name="counted">Where the header says that the records end; by default where they do.</param>
    public byte[] Finish(int counted = -1)
    {
        byte[] chunk = (byte[])_bytes.Clone();
        EvtxLayout.ChunkMagic.CopyTo(chunk);
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(24), _firstId);
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(32), _lastId);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(40), 128);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(44), (uint)_last);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(48), (uint)(counted < 0 ? _at : counted));
        return Sign(chunk);
    }

    /// <summary>Makes the checksums of a chunk right.</summary>
    public static byte[] Sign(byte[] chunk)
    {
        int free = (int)EvtxLayout.UInt32(chunk, 48);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(52), Crc32.Of(chunk.AsSpan(EvtxLayout.FirstRecord, free - EvtxLayout.FirstRecord)));
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(124), Crc32.Of(chunk.AsSpan(0, 120), chunk.AsSpan(128, 384)));
        return chunk;
    }

    /// <summary>A file of chunks.</summary>
    public static byte[] File(bool isDirty, int chunkCount, params byte[][] chunks)
    {
        byte[] header = new byte[EvtxLayout.FileHeaderBytes];
        EvtxLayout.FileMagic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(32), 128);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(40), EvtxLayout.FileHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(42), (ushort)chunkCount);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(120), isDirty ? 1u : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(124), Crc32.Of(header.AsSpan(0, 120)));
        return [.. header, .. chunks.SelectMany(c => c)];
    }

    public static byte[] File(params byte[][] chunks) => File(isDirty: false, chunks.Length, chunks);

    public void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_at));
        _at += bytes.Length;
    }

    public void PutInstance(string xml, MadeValue[] values)
    {
        Put([0x0F, 1, 1, 0, 0x0C, 1]);
        uint id = Crc32.Of(Encoding.UTF8.GetBytes(xml));
        byte[] guid = [.. BitConverter.GetBytes(id), .. new byte[12]];
        Put(BitConverter.GetBytes(id));
        bool isKnown = _templates.TryGetValue(xml, out int definition);
        if (!isKnown) _templates[xml] = definition = _at + 4;
        Put(BitConverter.GetBytes(definition));
        if (!isKnown)
        {
            Put([0, 0, 0, 0, .. guid]);
            int length = _at;
            Put([0, 0, 0, 0]);
            PutFragment(xml, isDefinition: true);
            Set(length, (uint)(_at - length - 4));
        }

        Put(BitConverter.GetBytes(values.Length));
        int descriptors = _at;
        _at += values.Length * 4;
        for (int i = 0; i < values.Length; i++)
        {
            int start = _at;
            values[i].Write(this);
            Set(descriptors + i * 4, (uint)(_at - start) | (uint)values[i].Type << 16);
        }
    }

    void PutFragment(string xml, bool isDefinition)
    {
        Put([0x0F, 1, 1, 0]);
        PutElement(XElement.Parse(xml, LoadOptions.PreserveWhitespace), isDefinition);
        Put([0]);
    }

    void PutElement(XElement element, bool isDefinition)
    {
        XAttribute[] attributes = [.. element.Attributes()];
        Put([(byte)(attributes.Length > 0 ? 0x41 : 0x01)]);
        if (isDefinition) Put([0xFF, 0xFF]);
        int length = _at;
        Put([0, 0, 0, 0]);
        PutName(element.Name.LocalName);
        if (attributes.Length > 0)
        {
            int listLength = _at;
            Put([0, 0, 0, 0]);
            for (int i = 0; i < attributes.Length; i++)
            {
                Put([(byte)(i < attributes.Length - 1 ? 0x46 : 0x06)]);
                PutName(attributes[i].Name.LocalName);
                PutText(attributes[i].Value);
            }

            Set(listLength, (uint)(_at - listLength - 4));
        }

        if (!element.Nodes().Any())
        {
            Put([0x03]);
        }
        else
        {
            Put([0x02]);
            foreach (XNode node in element.Nodes())
            {
                if (node is XElement child) PutElement(child, isDefinition);
                else if (node is XText text) PutText(text.Value);
            }

            Put([0x04]);
        }

        Set(length, (uint)(_at - length - 4));
    }

    void PutText(string text)
    {
        int from = 0;
        foreach (Match match in Substitution.Matches(text))
        {
            PutLiteral(text[from..match.Index]);
            from = match.Index + match.Length;
            ushort index = ushort.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            Put([(byte)(match.Groups[1].Length > 0 ? 0x0E : 0x0D), (byte)index, (byte)(index >> 8), byte.Parse(match.Groups[3].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)]);
        }

        PutLiteral(text[from..]);
    }

    void PutLiteral(string text)
    {
        if (text.Length == 0) return;
        Put([0x05, 0x01, (byte)text.Length, (byte)(text.Length >> 8)]);
        Put(Encoding.Unicode.GetBytes(text));
    }

    void PutName(string name)
    {
        bool isKnown = _names.TryGetValue(name, out int place);
        if (!isKnown) _names[name] = place = _at + 4;
        Put(BitConverter.GetBytes(place));
        if (isKnown) return;
        Put([0, 0, 0, 0, 0x34, 0x12, (byte)name.Length, (byte)(name.Length >> 8)]);
        Put(Encoding.Unicode.GetBytes(name));
        Put([0, 0]);
    }

    void Set(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), value);
}
