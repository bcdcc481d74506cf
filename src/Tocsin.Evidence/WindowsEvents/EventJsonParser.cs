// Shapes that are read, all flattened to the last name:
//   winlogbeat   {"@timestamp":…,"winlog":{"channel":…,"event_id":…,"event_data":{"X":…}},"host":{"name":…},"message":…}
//   flat         {"Channel":…,"EventID":…,"SourceName":…,"Hostname":…,"TimeCreated":…,"X":…}
//   evtx_dump    {"Event":{"System":{"Provider":{"#attributes":{"Name":…}},"EventID":4688 or {"#text":…}},"EventData":{"X":…}}}
//   xmltodict    the same with "@Name" and "Data":[{"@Name":"X","#text":…}]
//   EvtxECmd     {"EventId":…,"Channel":…,"Payload":"{\"EventData\":{\"Data\":[{\"@Name\":…,\"#text\":…}]}}"}
//   Get-WinEvent {"Id":…,"ProviderName":…,"LogName":…,"MachineName":…,"TimeCreated":"\/Date(…)\/","Properties":[{"Value":…}]}
using System.Text.Json;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>Parses one event's JSON into a record buffer. Owns no bytes; one thread.</summary>
internal sealed class EventJsonParser
{
    /// <summary>Deeper nesting is refused as malformed: no exporter comes near it, and the stack of names is bounded by it.</summary>
    const int MaxDepth = 32;

    enum Place : byte { Head, System, Winlog, Data, Item, Attributes, Host, BeatsEvent, Ignored }

    struct Frame
    {
        public Place Place;
        public bool IsArray;
        public Range Name;          // of the container itself, in the JSON
        public Range ItemName;      // "Name" found in an item of "Data"
        public Token ItemText;
    }

    struct Token
    {
        public int Start;
        public int Length;
        public bool IsEscaped;
        public bool IsSet;
    }

    readonly RecordBuffer _values;
    readonly FieldSet _fields;
    readonly int[] _indexes;
    readonly int _level;
    readonly ManagementCall _call;
    readonly Frame[] _frames = new Frame[MaxDepth + 2];
    readonly Token[] _head = new Token[EventNames.Count];
    readonly int[] _ranks = new int[EventNames.Count];
    bool _isManagement;
    bool _isBeats;
    bool _isEvtxECmd;

    public EventJsonParser(RecordBuffer values)
    {
        _values = values;
        _fields = values.Fields;
        _indexes = EventNames.IndexesIn(_fields);
        _level = _fields.IndexOf("Level");
        _call = new ManagementCall(_fields);
    }

    /// <summary>The time that the log gave the event; default where none was found.</summary>
    public DateTime Stamp { get; private set; }

    /// <summary>The UTC that Sysmon states; default where there is none.</summary>
    public DateTime SysmonUtc { get; private set; }

    /// <summary>Fills the buffer from one object; false where it is no JSON. Bytes behind the object are malformed.</summary>
    public bool TryParse(ReadOnlySpan<byte> json)
    {
        _values.Clear();
        _head.AsSpan().Clear();
        _call.Clear();
        Stamp = SysmonUtc = default;
        _isBeats = json.IndexOf("\"winlog\""u8) >= 0;
        _isEvtxECmd = json.IndexOf("\"Payload\""u8) >= 0;
        _isManagement = json.IndexOf(ManagementCall.Channel) >= 0;
        try
        {
            Walk(json, isPayload: false);
        }
        catch (JsonException)
        {
            return false;
        }

        Finish(json);
        return true;
    }

    void Walk(ReadOnlySpan<byte> json, bool isPayload)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        Range name = default;
        int depth = 0;
        _frames[0] = new Frame { Place = isPayload ? Place.Data : Place.Head };
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    int start = (int)reader.TokenStartIndex + 1;
                    name = start..(start + reader.ValueSpan.Length);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    bool isArray = reader.TokenType == JsonTokenType.StartArray;
                    if (_frames[depth].IsArray) name = _frames[depth].Name;
                    Place place = depth == 0 ? _frames[0].Place : Enter(json[name], depth);
                    _frames[++depth] = new Frame { Place = place, IsArray = isArray, Name = name };
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    if (_frames[depth] is { Place: Place.Item, IsArray: false }) EmitItem(json, ref _frames[depth], isPayload);
                    depth--;
                    break;
                case JsonTokenType.Null:
                    break;
                default:
                    if (_frames[depth].IsArray) name = _frames[depth].Name;
                    bool isString = reader.TokenType == JsonTokenType.String;
                    Token token = new()
                    {
                        Start = (int)reader.TokenStartIndex + (isString ? 1 : 0), Length = reader.ValueSpan.Length, IsEscaped = reader.ValueIsEscaped, IsSet = true,
                    };
                    Take(json, json[name], token, depth, isPayload);
                    break;
            }
        }
    }

    Place Enter(ReadOnlySpan<byte> name, int depth)
    {
        Place parent = _frames[depth].Place;
        if (_frames[depth].IsArray) return parent;
        if (name.SequenceEqual("winlog"u8)) return Place.Winlog;
        switch (parent)
        {
            case Place.Ignored or Place.Host or Place.BeatsEvent: return Place.Ignored;
            case Place.Winlog:
                return name.SequenceEqual("event_data"u8) || name.SequenceEqual("user_data"u8) ? Place.Data : Place.Ignored;
            case Place.Item when !name.EndsWith("attributes"u8): return Place.Item;
        }

        if (name.EndsWith("attributes"u8)) return Place.Attributes;
        if (EventNames.Is(name, "Data"u8) || name.SequenceEqual("Properties"u8)) return Place.Item;
        if (parent == Place.Data) return Place.Data;
        if (name.SequenceEqual("System"u8)) return Place.System;
        if (name.SequenceEqual("EventData"u8) || name.SequenceEqual("UserData"u8) || name.SequenceEqual("event_data"u8) || name.SequenceEqual("user_data"u8)) return Place.Data;
        if (name.SequenceEqual("host"u8)) return Place.Host;
        if (parent != Place.Head) return parent;
        if (name.SequenceEqual("agent"u8) || name.SequenceEqual("beat"u8) || name.SequenceEqual("ecs"u8)) return Place.Ignored;
        if (!_isBeats || name.SequenceEqual("_source"u8)) return Place.Head;
        return name.SequenceEqual("event"u8) ? Place.BeatsEvent : Place.Ignored;
    }

    void Take(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, in Token token, int depth, bool isPayload)
    {
        ref Frame frame = ref _frames[depth];
        switch (frame.Place)
        {
            case Place.Ignored: return;
            case Place.Host:
                if (name.SequenceEqual("name"u8) || name.SequenceEqual("hostname"u8)) TakeHead(Canonical.Computer, 2, token, isPayload);
                return;
            case Place.BeatsEvent:
                if (name.SequenceEqual("code"u8)) TakeHead(Canonical.EventId, 2, token, isPayload);
                else if (name.SequenceEqual("provider"u8)) TakeHead(Canonical.ProviderName, 2, token, isPayload);
                return;
            case Place.Attributes: TakeAttribute(json, name, token, depth, isPayload); return;
            case Place.Item: TakeItem(json, name, token, ref frame, isPayload); return;
        }

        if (name.SequenceEqual("#text"u8) || name.SequenceEqual("$t"u8)) name = json[frame.Name];
        else if (name.Length > 1 && name[0] == '@' && frame.Place != Place.Head)
        {
            TakeOwned(json[frame.Name], name[1..], json, token, isPayload);
            return;
        }

        if (frame.Place == Place.Data) TakeData(json, name, token, isPayload);
        else TakeNamed(json, name, token, isPayload);
    }

    // "Provider":{"#attributes":{"Name":…}} or "Provider_attributes":{"Name":…}
    void TakeAttribute(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, in Token token, int depth, bool isPayload)
    {
        ReadOnlySpan<byte> owner = json[_frames[depth].Name];
        if (!owner.SequenceEqual("#attributes"u8))
        {
            TakeOwned(owner[..^Math.Min(owner.Length, "_attributes".Length)], name, json, token, isPayload);
            return;
        }

        if (depth == 0) return;
        ref Frame parent = ref _frames[depth - 1];
        if (parent.Place == Place.Item && name.SequenceEqual("Name"u8)) parent.ItemName = token.Start..(token.Start + token.Length);
        else TakeOwned(json[parent.Name], name, json, token, isPayload);
    }

    void TakeOwned(ReadOnlySpan<byte> owner, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json, in Token token, bool isPayload)
    {
        if (owner.SequenceEqual("Provider"u8) && name.SequenceEqual("Name"u8)) TakeHead(Canonical.ProviderName, 0, token, isPayload);
        else if (name.SequenceEqual("SystemTime"u8)) TakeHead(Canonical.Stamp, 0, token, isPayload);

        // As rules call them: Execution_ProcessID, Security_UserID. Alone, "ProcessID" would pass for the data field ProcessId.
        Span<byte> joined = stackalloc byte[64];
        if (owner.Length + 1 + name.Length > joined.Length) return;
        owner.CopyTo(joined);
        joined[owner.Length] = (byte)'_';
        name.CopyTo(joined[(owner.Length + 1)..]);
        int field = _fields.IndexOf(joined[..(owner.Length + 1 + name.Length)]);
        if (field >= 0 && field != _indexes[(int)Canonical.ProviderName]) Add(json, field, token, isPayload);
    }

    void TakeItem(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, in Token token, ref Frame frame, bool isPayload)
    {
        if (frame.IsArray) TakeData(json, "Data"u8, token, isPayload);
        else if (name.SequenceEqual("@Name"u8) || name.SequenceEqual("Name"u8)) frame.ItemName = token.Start..(token.Start + token.Length);
        else if (name.SequenceEqual("#text"u8) || name.SequenceEqual("$t"u8) || EventNames.Is(name, "Value"u8) || EventNames.Is(name, "Content"u8)) frame.ItemText = token;
        else TakeData(json, name, token, isPayload);
    }

    void EmitItem(ReadOnlySpan<byte> json, ref Frame item, bool isPayload)
    {
        if (!item.ItemText.IsSet) return;
        ReadOnlySpan<byte> name = json[item.ItemName];
        TakeData(json, name.IsEmpty ? "Data"u8 : name, item.ItemText, isPayload);
    }

    void TakeData(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, in Token token, bool isPayload)
    {
        if (name.SequenceEqual("UtcTime"u8)) TakeTime(json, token);
        if (EventNames.Is(name, "Message"u8)) TakeHead(Canonical.Message, 1, token, isPayload);
        if (_isManagement && token.Length > 0) _call.Commit(JsonText.Unescape(json.Slice(token.Start, token.Length), _call.Reserve(token.Length)));
        int field = _fields.IndexOf(name);
        if (field < 0 || Array.IndexOf(_indexes, field, 0, (int)Canonical.SysmonUtc) >= 0) return;
        Add(json, field, token, isPayload);
    }

    void TakeNamed(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, in Token token, bool isPayload)
    {
        if (name.SequenceEqual("Payload"u8) && !isPayload && token.IsEscaped)
        {
            TakePayload(json, token);
            return;
        }

        // These are the logging service's; the data fields of the same names are in the payload.
        if (_isEvtxECmd && !isPayload && (name.SequenceEqual("ProcessId"u8) || name.SequenceEqual("ThreadId"u8))) return;

        (Canonical value, int rank) = EventNames.OfHead(name);
        int canonical = value == Canonical.None ? -1 : _indexes[(int)value];
        if (value == Canonical.SysmonUtc) TakeTime(json, token);
        else if (value != Canonical.None) TakeHead(value, rank, token, isPayload);

        int field = _fields.IndexOf(name);
        if (field < 0 || field == canonical && value != Canonical.SysmonUtc) return;
        Add(json, field, token, isPayload);
        if (field == _level && EventNames.LevelNumber(json.Slice(token.Start, token.Length)) is { IsEmpty: false } number) _values.Add(field, number);
    }

    // EvtxECmd keeps the event data as JSON text inside a JSON string. It is walked once, not followed further.
    void TakePayload(ReadOnlySpan<byte> json, in Token token)
    {
        byte[] text = new byte[token.Length];
        int length = JsonText.Unescape(json.Slice(token.Start, token.Length), text);
        Frame[] outer = [.. _frames];
        try
        {
            Walk(text.AsSpan(0, length), isPayload: true);
        }
        catch (JsonException)
        {
            int field = _fields.IndexOf("Payload"u8);
            _values.Add(field, text.AsSpan(0, length));
        }

        outer.CopyTo(_frames, 0);
    }

    void TakeHead(Canonical value, int rank, in Token token, bool isPayload)
    {
        ref Token best = ref _head[(int)value];
        if (isPayload || best.IsSet && _ranks[(int)value] <= rank) return;
        best = token;
        _ranks[(int)value] = rank;
    }

    void TakeTime(ReadOnlySpan<byte> json, in Token token)
    {
        if (SysmonUtc == default && TimeText.TryRead(json.Slice(token.Start, token.Length), out DateTime utc)) SysmonUtc = utc;
    }

    void Finish(ReadOnlySpan<byte> json)
    {
        for (Canonical value = Canonical.Channel; value <= Canonical.Message; value++)
        {
            Token token = _head[(int)value];
            if (token.IsSet) Add(json, _indexes[(int)value], token, isPayload: false);
        }

        if (_head[(int)Canonical.Stamp] is { IsSet: true } stamp && TimeText.TryRead(json.Slice(stamp.Start, stamp.Length), out DateTime time)) Stamp = time;
        if (!_isManagement || !Text(json, Canonical.Channel).SequenceEqual(ManagementCall.Channel)) return;

        Token message = _head[(int)Canonical.Message];
        if (message.IsSet) Add(json, _call.Command, message, isPayload: false);
        else if (!_call.IsEmpty) _call.AddCommand(_values);
        _call.AddOutcome(_values, Text(json, Canonical.EventId));
    }

    ReadOnlySpan<byte> Text(ReadOnlySpan<byte> json, Canonical value) => json.Slice(_head[(int)value].Start, _head[(int)value].Length);

    void Add(ReadOnlySpan<byte> json, int field, in Token token, bool isPayload)
    {
        if (field < 0) return;
        if (!token.IsEscaped && !isPayload) _values.Add(field, token.Start, token.Length);
        else _values.Commit(field, JsonText.Unescape(json.Slice(token.Start, token.Length), _values.Reserve(token.Length)));
    }
}
