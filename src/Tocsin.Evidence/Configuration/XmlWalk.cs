// XML as configuration files and PowerShell's serialiser write it (https://www.w3.org/TR/xml/):
//
//   <add name="WSMan" image="C:\Windows\system32\wsmsvc.dll" />      a tag: name, attributes in quotes, maybe closed at once
//   <S N="Name">EX01</S>                                             text between tags
//   <!-- … -->   <? … ?>   <![CDATA[ … ]]>   <!DOCTYPE … >           comment, instruction, text as it is, document type
//
// The base class library's reader is not used, since it ends at the first fault, gives no byte offsets and takes an attribute of
// any length into memory. Here a fault is counted and reading goes on behind it: what an attacker broke on purpose is what one
// wants to see. No document type is read and no entity is expanded but the five of the language and numbered characters.
// tests/…/XmlWalkTests.cs holds this reader to what the library's reads.
using System.Buffers;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Configuration;

/// <summary>What <see cref="XmlWalk"/> stands at.</summary>
internal enum XmlNode
{
    /// <summary>A start tag; <see cref="XmlWalk.IsEmpty"/> tells whether its element ends with it. Such a tag has no <see cref="Close"/>.</summary>
    Open,

    /// <summary>An end tag, or one that closes several elements at once where end tags are missing.</summary>
    Close,

    /// <summary>Text that is more than blanks; long text comes in pieces.</summary>
    Text,
}

/// <summary>Steps through XML forwards, in bounded memory. What it gives is valid until the next step. Not safe for concurrent use.</summary>
internal sealed class XmlWalk(Stream content, ReadContext context)
{
    /// <summary>Bounds the memory that one tag or stretch of text takes; a tag's rest is passed over and counted. Real tags have some hundred bytes.</summary>
    public const int MaxPieceBytes = 256 * 1024;

    /// <summary>Bounds the stack of names. Real files have seven levels, serialised objects some twenty; what is deeper is counted and passed over.</summary>
    public const int MaxDepth = 100;

    /// <summary>Bounds what one tag costs to look through.</summary>
    public const int MaxAttributes = 200;

    // Bounds the path of names; the longest real name has 50 bytes.
    const int MaxNameBytes = 200;

    readonly XmlAttributes _attributes = new();
    readonly byte[] _path = new byte[MaxDepth * (MaxNameBytes + 1)];
    readonly int[] _pathLengths = new int[MaxDepth + 1];
    byte[] _buffer = new byte[64 * 1024];
    byte[] _cutTag = [];
    long _bufferOffset;
    long _line = 1;
    int _start, _end, _pieceLength, _tooDeep;
    bool _ended, _ends, _tagIsCut, _cutTagIsEmpty, _isCharacterData;

    /// <summary>What it stands at.</summary>
    public XmlNode Node { get; private set; }

    /// <summary>How many elements are open around it, an element's own tag counted: 1 for the outermost.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether a start tag is also its element's end.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>Where it begins.</summary>
    public Position Position { get; private set; }

    /// <summary>The names of the elements around it with slashes between, its own last.</summary>
    public ReadOnlySpan<byte> Path => _path.AsSpan(0, _pathLengths[Depth]);

    /// <summary>The element's name as written.</summary>
    public ReadOnlySpan<byte> Name => Path[(Depth > 1 ? _pathLengths[Depth - 1] + 1 : 0)..];

    /// <summary>The tag or text as it stands in the file.</summary>
    public ReadOnlySpan<byte> Raw => _tagIsCut ? _cutTag.AsSpan(0, MaxPieceBytes) : _buffer.AsSpan(_start, _pieceLength);

    /// <summary>The tag as it stands in the file; where it spells ordinary characters as numbers, as nobody honest does, with these undone.</summary>
    public ReadOnlySpan<byte> Shown => Raw.IndexOf("&#"u8) < 0 ? Raw : _attributes.Decode(Raw);

    /// <summary>Text with its character references undone.</summary>
    public ReadOnlySpan<byte> Text => _isCharacterData ? Raw[..^3] : _attributes.Decode(Raw);

    /// <summary>An attribute of a start tag, references undone; empty where there is none.</summary>
    public ReadOnlySpan<byte> this[ReadOnlySpan<byte> attribute] => _attributes.Find(Raw, attribute);

    /// <summary>Steps on. False at the end.</summary>
    public bool Next()
    {
        if (_ends) Depth--;
        _ends = false;
        while (true)
        {
            Consume(_pieceLength);
            (_pieceLength, _tagIsCut) = (0, false);
            if (_start == _end && !Fill()) return AtEnd();
            Position = new(_line, _bufferOffset + _start);
            if (_buffer[_start] != '<' ? TakeText() : TakeMarkup()) return true;
        }
    }

    ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    bool AtEnd()
    {
        if (Depth > 0 || _tooDeep > 0) Damaged(DamageKind.CutOff);
        (Depth, _tooDeep) = (0, 0);
        context.Report.Lines = _line;
        return false;
    }

    bool TakeText()
    {
        int length = FindText("<"u8);
        _pieceLength = Math.Min(length < 0 ? Unread.Length : length, MaxPieceBytes);
        if (Raw.Contains((byte)0)) Damaged(DamageKind.Binary);
        if (Raw.TrimStart(" \t\r\n"u8).IsEmpty || _tooDeep > 0) return false;
        if (Depth == 0)
        {
            if (!Raw.Trim(" \t\r\n\uFEFF"u8).IsEmpty && !Raw.TrimEnd("\r\n"u8).EndsWith("#< CLIXML"u8)) Damaged(DamageKind.Malformed);
            return false;
        }

        _attributes.Forget();
        (Node, _isCharacterData) = (XmlNode.Text, false);
        return true;
    }

    // Where a text begins in what is unread, or -1 where it does not within the limit. Each byte is looked at once.
    int FindText(ReadOnlySpan<byte> text)
    {
        int searched = 0;
        while (true)
        {
            int at = Unread[searched..].IndexOf(text);
            if (at >= 0) return searched + at;
            searched = Math.Max(0, Unread.Length - text.Length + 1);
            if (Unread.Length >= MaxPieceBytes || !Fill()) return -1;
        }
    }

    bool TakeMarkup()
    {
        while (Unread.Length < 9 && Fill()) { }
        if (Unread.StartsWith("<!--"u8)) return Skip(4, "-->"u8);
        if (Unread.StartsWith("<?"u8)) return Skip(2, "?>"u8);
        if (Unread.StartsWith("<![CDATA["u8)) return TakeCharacterData();
        if (Unread.StartsWith("<!"u8))
        {
            // Nothing that is read here has a document type; one that has is after something.
            Damaged(DamageKind.Malformed);
            return SkipDocumentType();
        }

        bool closes = Unread.StartsWith("</"u8);
        ReadOnlySpan<byte> name = Unread[(closes ? 2 : 1)..];
        if (name.IsEmpty || !IsNameStart(name[0]))
        {
            Damaged(name.IsEmpty ? DamageKind.CutOff : DamageKind.Malformed);
            _pieceLength = 1;
            return false;
        }

        if (!FindTagEnd()) return false;
        if (Raw.Contains((byte)0)) Damaged(DamageKind.Binary);
        name = Raw[(closes ? 2 : 1)..];
        int end = name.IndexOfAny(NameEnds);
        name = end < 0 ? name : name[..end];
        if (name.Length > MaxNameBytes)
        {
            Damaged(DamageKind.TooLong);
            name = name[..MaxNameBytes];
        }

        return closes ? CloseElement(name) : OpenElement(name);
    }

    static readonly SearchValues<byte> NameEnds = SearchValues.Create(" \t\r\n/>="u8);

    static bool IsNameStart(byte b) => char.IsAsciiLetter((char)b) || b is (byte)'_' or (byte)':' or >= 0x80;

    bool OpenElement(ReadOnlySpan<byte> name)
    {
        bool isEmpty = !_tagIsCut && Raw.EndsWith("/>"u8) || _tagIsCut && _cutTagIsEmpty;
        if (_tooDeep > 0 || Depth == MaxDepth)
        {
            if (_tooDeep == 0) Damaged(DamageKind.Malformed);
            if (!isEmpty) _tooDeep++;
            return false;
        }

        int at = _pathLengths[Depth];
        if (Depth > 0) _path[at++] = (byte)'/';
        name.CopyTo(_path.AsSpan(at));
        _pathLengths[++Depth] = at + name.Length;
        if (!_attributes.Take(Raw, 1 + name.Length)) Damaged(DamageKind.Malformed);
        (Node, IsEmpty, _ends) = (XmlNode.Open, isEmpty, isEmpty);
        return true;
    }

    bool CloseElement(ReadOnlySpan<byte> name)
    {
        if (_tooDeep > 0)
        {
            _tooDeep--;
            return false;
        }

        int depth = Depth;
        while (depth > 0 && !NameAt(depth).SequenceEqual(name)) depth--;
        if (depth != Depth) Damaged(DamageKind.Malformed);
        if (depth == 0) return false;
        (Node, Depth, _ends) = (XmlNode.Close, depth, true);
        return true;
    }

    ReadOnlySpan<byte> NameAt(int depth) => _path.AsSpan(0, _pathLengths[depth])[(depth > 1 ? _pathLengths[depth - 1] + 1 : 0)..];

    // A '<' cannot stand inside a tag: there the tag was broken off and another begins.
    bool FindTagEnd()
    {
        int at = 1;
        byte quote = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = Unread[at..];
            int found = quote != 0 ? rest.IndexOfAny(quote, (byte)'<') : rest.IndexOfAny(">\"'<"u8);
            if (found < 0)
            {
                at = Unread.Length;
                if (at >= MaxPieceBytes) return PassOverTag();
                if (Fill()) continue;
                Damaged(DamageKind.CutOff);
                _pieceLength = Unread.Length;
                return false;
            }

            at += found;
            byte b = Unread[at];
            if (b == '<')
            {
                Damaged(DamageKind.Malformed);
                _pieceLength = at;
                return true;
            }

            if (at >= MaxPieceBytes) return PassOverTag();
            at++;
            if (quote == 0 && b == '>')
            {
                _pieceLength = at;
                return true;
            }

            quote = quote == 0 ? b : (byte)0;
        }
    }

    // Keeps the tag's beginning and looks for its end without keeping more.
    bool PassOverTag()
    {
        Damaged(DamageKind.TooLong);
        if (_cutTag.Length == 0) _cutTag = new byte[MaxPieceBytes];
        Unread[..MaxPieceBytes].CopyTo(_cutTag);
        byte last = 0, quote = 0;
        foreach (byte b in _cutTag)
        {
            if (quote == 0 ? b is (byte)'"' or (byte)'\'' : b == quote) quote = quote == 0 ? b : (byte)0;
        }

        Consume(MaxPieceBytes);
        _cutTagIsEmpty = false;
        while (_start < _end || Fill())
        {
            int at = quote == 0 ? Unread.IndexOfAny(">\"'<"u8) : Unread.IndexOfAny(quote, (byte)'<');
            if (at != 0) last = Unread[at < 0 ? ^1 : at - 1];
            byte b = at < 0 ? (byte)0 : Unread[at];
            if (b == '<') Consume(at);
            else Consume(at < 0 ? Unread.Length : at + 1);
            if (at < 0) continue;
            if (b == '<' || quote == 0 && b == '>')
            {
                _cutTagIsEmpty = b == '>' && last == '/';
                break;
            }

            quote = quote == 0 ? b : (byte)0;
            last = b;
        }

        return _tagIsCut = true;
    }

    bool TakeCharacterData()
    {
        Consume(9);
        int length = FindText("]]>"u8);
        if (length < 0 || length > MaxPieceBytes)
        {
            Damaged(Unread.Length >= MaxPieceBytes ? DamageKind.TooLong : DamageKind.CutOff);
            return Skip(0, "]]>"u8);
        }

        _pieceLength = length + 3;
        if (length == 0 || Depth == 0 || _tooDeep > 0) return false;
        (Node, _isCharacterData) = (XmlNode.Text, true);
        return true;
    }

    bool SkipDocumentType()
    {
        Consume(2);
        while (_start < _end || Fill())
        {
            int at = Unread.IndexOfAny((byte)'>', (byte)'[');
            if (at < 0)
            {
                Consume(Unread.Length);
                continue;
            }

            bool hasSubset = Unread[at] == '[';
            Consume(at + 1);
            if (!hasSubset) return false;
            Skip(0, "]"u8);
            Consume(_pieceLength);
            _pieceLength = 0;
        }

        return false;
    }

    bool Skip(int from, ReadOnlySpan<byte> until)
    {
        Consume(from);
        while (true)
        {
            int at = Unread.IndexOf(until);
            if (at >= 0)
            {
                _pieceLength = at + until.Length;
                return false;
            }

            Consume(Math.Max(0, Unread.Length - until.Length + 1));
            if (Fill()) continue;
            Damaged(DamageKind.CutOff);
            _pieceLength = Unread.Length;
            return false;
        }
    }

    void Consume(int count)
    {
        _line += _buffer.AsSpan(_start, count).Count((byte)'\n');
        _start += count;
    }

    bool Fill()
    {
        if (_ended) return false;
        context.Cancellation.ThrowIfCancellationRequested();
        if (_start > 0)
        {
            Unread.CopyTo(_buffer);
            _bufferOffset += _start;
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = content.Read(_buffer.AsSpan(_end));
        _ended = read == 0;
        _end += read;
        return read > 0;
    }

    void Damaged(DamageKind kind) => context.Report.Add(kind, Position.Line, Position.Offset);
}
