// What PowerShell's Export-Clixml writes ([MS-PSRP] 2.2.5 describes it):
//
//   <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
//     <Obj RefId="0">
//       <TN RefId="0"><T>Microsoft.Exchange.Data.Directory.SystemConfiguration.ADOwaVirtualDirectory</T> … </TN>
//       <ToString>EX01\owa (Default Web Site)</ToString>
//       <Props>
//         <S N="Name">owa (Default Web Site)</S>   <B N="…">true</B>   <Nil N="ExternalUrl" />   <URI N="InternalUrl">https://…</URI>
//         <Obj N="AdminDisplayVersion" RefId="1"> <ToString>Version 15.1 (Build 2375.7)</ToString> <Props> … </Props> </Obj>
//         <Obj N="ForwardTo" RefId="2"> <TNRef RefId="1" /> <LST> <S>"Bob" [SMTP:bob@example.com]</S> </LST> </Obj>
//       </Props>
//       <MS> <S N="PSComputerName">ex01.example.com</S> </MS>
//     </Obj> …
//
// Later objects name the types of earlier ones by <TNRef RefId="0" />. An exported array may instead be one object with the others in
// its <LST>. Control characters are written _x000A_.
using System.Globalization;
using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Configuration;

/// <summary>Reads objects that were exported from Exchange's management shell: one record an object, its properties as fields of their own names.</summary>
/// <remarks>
/// Beside the properties: <c>Cmdlet</c>, what gave the object, told by its type (<c>Get-OwaVirtualDirectory</c>), <c>Type</c>, and
/// <c>Fact</c>. A list gives a field several values. An export proves what it shows and excludes nothing.
/// </remarks>
public sealed class ClixmlReader : ArtifactReader
{
    // Bounds one object: Exchange's largest has some 250 properties and 60 KB of text, certificates left out.
    const int MaxProperties = 1000;
    const int MaxValueBytes = 16 * 1024;
    const int MaxObjectBytes = 1024 * 1024;

    // Bounds the types remembered for references.
    const int MaxTypes = 10_000;

    static readonly ArtifactKind _kind = new("exchange-objects", "Exported Exchange settings (CLIXML)", new("config", "exchange-config", "cmdlet"));

    ClixmlReader()
    {
    }

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>Recognises the root element and its name space.</summary>
    /// <param name="head">Up to 64 KB from the beginning, UTF-8, a byte order mark allowed.</param>
    /// <param name="path">Not looked at.</param>
    public static ClixmlReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        _ = path;
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        int at = head[..Math.Min(head.Length, 256)].IndexOf("<Objs"u8);
        return at >= 0 && head[at..Math.Min(head.Length, at + 256)].IndexOf("schemas.microsoft.com/powershell/2004/04"u8) >= 0 ? new ClixmlReader() : null;
    }

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        context.Report.IsExtract = true;
        new Reading(new XmlWalk(content, context), context, new ConfigurationRecord(context, Kind.LogSource)).Run();
    }

    /// <summary>One pass through one file.</summary>
    sealed class Reading(XmlWalk xml, ReadContext context, ConfigurationRecord record)
    {
        readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
        readonly ExchangeServers _servers = new();
        readonly List<(string Name, string Value)> _properties = [];
        readonly List<byte> _text = [];
        Position _position;
        string _type = "", _property = "", _typeId = "", _toString = "";
        int _object, _propertyDepth, _size;
        bool _isContainer, _wantsType;

        public void Run()
        {
            while (xml.Next())
            {
                if (xml.Node == XmlNode.Text) TakeText();
                if (xml.Node == XmlNode.Open) Open();
                if (xml.Node == XmlNode.Close || xml.Node == XmlNode.Open && xml.IsEmpty) Close();
            }

            if (_object > 0) Write();
            _servers.Report(context.Report);
        }

        void Open()
        {
            ReadOnlySpan<byte> name = xml.Name;
            _text.Clear();
            if (_object == 0)
            {
                if (!name.SequenceEqual("Obj"u8)) return;
                (_object, _position, _type, _property, _toString, _propertyDepth, _size, _isContainer) = (xml.Depth, xml.Position, "", "", "", 0, 0, false);
                _properties.Clear();
                return;
            }

            if (xml.Depth == _object + 1)
            {
                if (name.SequenceEqual("TN"u8)) _typeId = Encoding.UTF8.GetString(xml["RefId"u8]);
                else if (name.SequenceEqual("TNRef"u8)) _type = _types.GetValueOrDefault(Encoding.UTF8.GetString(xml["RefId"u8]), "");
                else if (_properties.Count == 0 && (name.SequenceEqual("LST"u8) || name.SequenceEqual("IE"u8) || name.SequenceEqual("STK"u8) || name.SequenceEqual("QUE"u8)))
                {
                    // A list of objects: each of them is a record, the list itself is none.
                    _isContainer = true;
                    _object = 0;
                }

                _wantsType = name.SequenceEqual("TN"u8);
            }
            else if (_propertyDepth == 0 && xml.Depth == _object + 2 && !xml["N"u8].IsEmpty)
            {
                _property = Encoding.UTF8.GetString(xml["N"u8][..Math.Min(xml["N"u8].Length, 128)]);
                _propertyDepth = xml.Depth;
            }
        }

        void TakeText()
        {
            if (_object == 0 || _text.Count >= MaxValueBytes) return;
            _text.AddRange(xml.Text[..Math.Min(xml.Text.Length, MaxValueBytes - _text.Count)]);
        }

        void Close()
        {
            if (_object == 0) return;
            int depth = xml.Depth;
            ReadOnlySpan<byte> name = xml.Name;
            if (depth <= _object)
            {
                Write();
                _object = 0;
                return;
            }

            if (_wantsType && depth == _object + 2 && name.SequenceEqual("T"u8))
            {
                // The first is the object's own type, the others are what that is derived from.
                _wantsType = false;
                _type = TextOf();
                if (_types.Count < MaxTypes) _types[_typeId] = _type;
            }
            else if (_propertyDepth > 0) CloseInProperty(depth, name);
            else if (depth == _object + 1 && name.SequenceEqual("ToString"u8)) _toString = TextOf();

            _text.Clear();
        }

        // A simple value is the property's own text; an object's is how it calls itself; a list's are its items.
        void CloseInProperty(int depth, ReadOnlySpan<byte> name)
        {
            bool isSimple = depth == _propertyDepth && !name.SequenceEqual("Obj"u8) && !name.SequenceEqual("BA"u8);
            bool isCalled = depth == _propertyDepth + 1 && name.SequenceEqual("ToString"u8);
            bool isItem = depth == _propertyDepth + 2 && !name.SequenceEqual("Obj"u8) && IsInList() || depth == _propertyDepth + 3 && name.SequenceEqual("ToString"u8);
            if ((isSimple || isCalled || isItem) && _text.Count > 0 && _properties.Count < MaxProperties && _size < MaxObjectBytes)
            {
                _size += _text.Count;
                _properties.Add((_property, TextOf()));
            }

            if (depth <= _propertyDepth) _propertyDepth = 0;
        }

        bool IsInList() => xml.Path[..^(xml.Name.Length + 1)] is var parent && (parent.EndsWith("/LST"u8) || parent.EndsWith("/IE"u8) || parent.EndsWith("/DCT"u8));

        string TextOf() => ClixmlText.Unescape(Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_text)));

        void Write()
        {
            if (_isContainer || _properties.Count == 0) return;
            string cmdlet = ClixmlText.CmdletOf(_type), type = _type.StartsWith("Deserialized.", StringComparison.Ordinal) ? _type["Deserialized.".Length..] : _type;
            string name = Property("Identity") ?? (_toString.Length > 0 ? _toString : Property("Name") ?? "");
            record.Begin();
            record.SetElement(default, Encoding.UTF8.GetBytes($"{cmdlet} {name}"), default);
            record.Set("Cmdlet", cmdlet);
            record.Set("Type", type);
            var line = new StringBuilder(cmdlet).Append(' ').Append(name).Append("; Type=").Append(type);
            foreach ((string property, string value) in _properties)
            {
                if (!property.Equals("Type", StringComparison.OrdinalIgnoreCase)) record.Set(property, value);
                if (line.Length < MaxValueBytes) line.Append(CultureInfo.InvariantCulture, $"; {property}={value}");
            }

            if (Property("Name") is null) record.Set("Name", name);
            foreach (string fact in ObjectFacts.Of(_properties)) record.Fact(fact);
            DateTime changed = Property("WhenChangedUTC") is { } text ? ClixmlText.Time(text) : default;
            _servers.See(cmdlet, Property, changed);
            record.End(Encoding.UTF8.GetBytes(line.ToString()), _position, changed);
        }

        string? Property(string name)
        {
            foreach ((string property, string value) in _properties)
            {
                if (property.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
            }

            return null;
        }
    }
}
