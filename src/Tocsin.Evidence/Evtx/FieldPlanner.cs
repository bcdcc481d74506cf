using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Evtx;

/// <summary>Makes plans: names in templates meet the fields that are asked for here, once, and not for each event.</summary>
/// <remarks>Names mean what they mean to <see cref="EventJsonReader"/>: the same event gives the same fields by either way.</remarks>
internal sealed class FieldPlanner
{
    readonly FieldTable _fields;
    readonly int[] _head;
    readonly int _level;
    readonly int _command;
    readonly List<FieldStep> _steps = [];
    EventKind _kind = null!;
    byte[] _joined = new byte[256];

    public FieldPlanner(FieldSet fields)
    {
        _fields = new FieldTable(fields);
        _head = EventNames.IndexesIn(fields);
        _level = fields.IndexOf("Level");
        _command = fields.IndexOf("Command");
    }

    /// <summary>The plan for a fragment.</summary>
    /// <param name="root">The fragment's element.</param>
    /// <param name="place">Where the fragment stands.</param>
    /// <param name="kind">The event's kind.</param>
    public FieldPlan Plan(Element? root, EventPlace place, EventKind kind)
    {
        _steps.Clear();
        _kind = kind;
        if (root is not null)
        {
            if (place == EventPlace.Data) Data(root);
            else if (root.Is("Event"u8)) Event(root);
            else UnderEvent(root);
        }

        return new FieldPlan([.. _steps]);
    }

    /// <summary>The field that a data field's name, found only in the event, stands for; -1 where it is not wanted.</summary>
    public int FieldOfData(ReadOnlySpan<byte> name, EventKind kind)
    {
        int field = _fields.IndexOf(name);
        return field < 0 || IsOfHead(field) || !kind.Interest.Wants(field) ? -1 : field;
    }

    void Event(Element root)
    {
        foreach (Part part in root.Content)
        {
            if (part.Child is { } child) UnderEvent(child);
            else if (part.Substitution >= 0) _steps.Add(new FieldStep(-1, [part], part.Substitution, EventPlace.Event, false, false, null));
        }
    }

    void UnderEvent(Element element)
    {
        if (element.Is("System"u8)) Inner(element, EventPlace.System);
        else if (element.Is("EventData"u8) || element.Is("UserData"u8)) Data(element);
        else Inner(element, EventPlace.Event);
    }

    // System, RenderingInfo.
    void Inner(Element element, EventPlace place)
    {
        foreach (Part part in element.Content)
        {
            if (part.Child is not { } child)
            {
                if (part.Substitution >= 0) _steps.Add(new FieldStep(-1, [part], part.Substitution, place, false, false, null));
                continue;
            }

            Attributes(child, place);
            if (child.Content.Any(p => p.Child is not null)) Inner(child, place);
            else if (child.Content.Length > 0) Named(child, place);
        }
    }

    void Named(Element element, EventPlace place)
    {
        int field = _fields.IndexOf(element.Name);
        if (field < 0) return;
        // What the system part says of these stands first; a rendering may say it again, in words.
        if (place != EventPlace.System && IsOfHead(field) && field != _head[(int)Canonical.Message]) return;
        Step(field, element.Content, place, joins: false, isLevelName: field == _level && place != EventPlace.System);
    }

    void Attributes(Element element, EventPlace place)
    {
        foreach (Attribute attribute in element.Attributes)
        {
            if (place == EventPlace.Data && attribute.Name.AsSpan().SequenceEqual("Name"u8) && element.Is("Data"u8)) continue;
            int length = element.Name.Length + 1 + attribute.Name.Length;
            if (_joined.Length < length) _joined = new byte[length * 2];
            element.Name.CopyTo(_joined, 0);
            _joined[element.Name.Length] = (byte)'_';
            attribute.Name.CopyTo(_joined, element.Name.Length + 1);
            int field = _fields.IndexOf(_joined.AsSpan(0, length));
            if (field < 0 || place != EventPlace.System && IsOfHead(field)) continue;
            Step(field, attribute.Value, place, joins: false);
        }
    }

    void Data(Element element)
    {
        Attributes(element, EventPlace.Data);
        bool isLeaf = true;
        foreach (Part part in element.Content)
        {
            if (part.Child is not { } child) continue;
            isLeaf = false;
            Data(child);
        }

        if (!isLeaf || element.Content.Length == 0) return;
        ReadOnlySpan<byte> name = element.Name;
        Part[]? dynamicName = null;
        if (element.Is("Data"u8) && element.Find("Name"u8) is { } given)
        {
            if (given.Value is [{ Text: { } text }]) name = text;
            else dynamicName = given.Value;
        }

        if (element.Content is [{ Type: EvtxType.BinXml } or { Type: EvtxType.Null, Substitution: >= 0 }])
        {
            _steps.Add(new FieldStep(-1, element.Content, element.Content[0].Substitution, EventPlace.Data, false, false, null));
            return;
        }

        bool joins = _kind.IsManagement && _kind.Interest.Wants(_command);
        int field = dynamicName is null ? _fields.IndexOf(name) : -1;
        if (field >= 0 && IsOfHead(field) && field != _head[(int)Canonical.Message]) field = -1;
        Step(field, element.Content, EventPlace.Data, joins, name: dynamicName);
    }

    bool IsOfHead(int field) => Array.IndexOf(_head, field, 0, (int)Canonical.Stamp) >= 0;

    void Step(int field, Part[] parts, EventPlace place, bool joins, bool isLevelName = false, Part[]? name = null)
    {
        if (field >= 0 && !_kind.Interest.Wants(field)) field = -1;
        int only = parts is [{ Child: null } part] ? part.Substitution : -1;
        if (field >= 0 || joins || name is not null) _steps.Add(new FieldStep(field, parts, only, place, joins, isLevelName, name));
    }
}
