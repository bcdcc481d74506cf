// JSON is that of evtx_dump:
//   <Provider Name="X"/>             "Provider":{"#attributes":{"Name":"X"}}
//   <EventID Qualifiers="0">4</…>    "EventID":{"#attributes":{"Qualifiers":0},"#text":4}
//   <Data Name="Image">x</Data>      "Image":"x"
//   <Data>x</Data><Data>y</Data>     "Data":{"#text":["x","y"]}
//   <Correlation/>                   "Correlation":null
//   a name that was there before     "Name_1"
//   blanks at the end of a value     are not written; XML, and the fields that rules see, keep them
namespace Tocsin.Evidence.Evtx;

/// <summary>How events are written as text.</summary>
public enum EventTextForm
{
    /// <summary>One line of JSON in the shape of evtx_dump.</summary>
    Json,

    /// <summary>One line of XML.</summary>
    Xml,
}

/// <summary>Writes one event as text: for dumps, for findings, and for rules that look for words anywhere. One thread.</summary>
internal sealed class EventText(Substitutions substitutions, WorkBudget budget, EventTextForm form)
{
    /// <summary>Names of one object that are looked through for one that was there before.</summary>
    const int MaxNames = 256;

    /// <summary>What looking at one name costs, in bytes of the chunk's budget.</summary>
    const int NameLookBytes = 4;

    readonly Utf8Buffer _out = new();
    readonly Utf8Buffer _scratch = new();
    (int Start, int Length)[] _names = new (int, int)[64];
    int _nameCount;
    byte[] _chunk = [];
    bool _mustAgree;

    /// <summary>The event's text, valid until the next one. A hostile event may be cut where it became too costly.</summary>
    public ReadOnlySpan<byte> Render(byte[] chunk, in Instance instance, bool mustAgree)
    {
        _chunk = chunk;
        _mustAgree = mustAgree;
        _out.Clear();
        _nameCount = 0;
        int mark = substitutions.Mark;
        if (form == EventTextForm.Xml)
        {
            if (instance.Template.Root is { } root) WriteXml(root, instance, 0);
        }
        else
        {
            _out.Add((byte)'{');
            if (instance.Template.Root is { } root) Member(root, instance, 0, 0);
            _out.Add((byte)'}');
        }

        substitutions.Close(mark);
        return _out.Text;
    }

    // "Name":value, unless the element is taken away.
    void Member(Element element, in Instance instance, int names, int depth)
    {
        if (!budget.Spend(element.Name.Length) || IsAbsent(element.Content, instance)) return;
        ReadOnlySpan<byte> key = element.Name;
        bool isNamed = element.Is("Data"u8) && element.Find("Name"u8) is not null;
        if (isNamed)
        {
            _scratch.Clear();
            Plain(element.Find("Name"u8)!.Value, instance);
            key = _scratch.Text;
        }

        Key(key, names);
        Value(element, instance, depth, withAttributes: !isNamed);
    }

    void Key(ReadOnlySpan<byte> key, int names)
    {
        if (_out.Text[^1] != '{') _out.Add((byte)',');
        _out.Add((byte)'"');
        int start = _out.Length;
        _out.AddJson(key);
        int length = _out.Length - start;
        int known = _nameCount - names;
        if (known < MaxNames)
        {
            for (int suffix = 1; suffix <= MaxNames && IsKnown(names, start, _out.Length - start); suffix++)
            {
                _out.CutTo(start + length);
                _out.Add((byte)'_');
                suffix.TryFormat(_out.Reserve(4), out int digits, default, System.Globalization.CultureInfo.InvariantCulture);
                _out.Commit(digits);
            }

            if (_nameCount == _names.Length) Array.Resize(ref _names, _nameCount * 2);
            _names[_nameCount++] = (start, _out.Length - start);
        }

        _out.Add("\":"u8);
    }

    // A hostile event has hundreds of equal names: each look through them is work like any other.
    bool IsKnown(int names, int start, int length)
    {
        if (!budget.Spend((_nameCount - names) * NameLookBytes)) return false;
        ReadOnlySpan<byte> key = _out.Text.Slice(start, length);
        for (int i = names; i < _nameCount; i++)
        {
            if (_names[i].Length == length && _out.Text.Slice(_names[i].Start, length).SequenceEqual(key)) return true;
        }

        return false;
    }

    void Value(Element element, in Instance instance, int depth, bool withAttributes)
    {
        int before = _out.Length;
        _out.Add((byte)'{');
        if (withAttributes) Attributes(element, instance);
        bool isObject = _out.Length > before + 1;
        int names = _nameCount;
        bool hasText = false;
        for (int i = 0; i < element.Content.Length; i++)
        {
            ref readonly Part part = ref element.Content[i];
            if (part.Child is { } child)
            {
                isObject = true;
                if (IsUnnamed(child)) Unnamed(element.Content, i, instance, names);
                else Member(child, instance, names, depth);
            }
            else if (part.Substitution >= 0 && substitutions.TypeOf(instance, part.Substitution) == EvtxType.BinXml)
            {
                isObject |= Nested(part.Substitution, instance, names, depth);
            }
            else
            {
                hasText |= part.Text is not null || substitutions.TypeOf(instance, part.Substitution) != EvtxType.Null;
            }
        }

        if (!isObject)
        {
            _out.CutTo(before);
            Scalar(element.Content, instance);
        }
        else
        {
            if (hasText)
            {
                Key("#text"u8, names);
                Scalar(element.Content, instance);
            }

            _out.Add((byte)'}');
        }

        _nameCount = names;
    }

    void Attributes(Element element, in Instance instance)
    {
        bool any = false;
        foreach (Attribute attribute in element.Attributes)
        {
            if (IsEmpty(attribute.Value, instance) || !budget.Spend(attribute.Name.Length)) continue;
            _out.Add(any ? ","u8 : "\"#attributes\":{"u8);
            any = true;
            _out.AddQuoted(attribute.Name);
            _out.Add((byte)':');
            Scalar(attribute.Value, instance);
        }

        if (any) _out.Add((byte)'}');
    }

    static bool IsUnnamed(Element element) => element.Is("Data"u8) && element.Attributes.Length == 0 && !Array.Exists(element.Content, p => p.Child is not null);

    // All <Data> without a name, at the first of them.
    void Unnamed(Part[] siblings, int first, in Instance instance, int names)
    {
        for (int i = 0; i < first; i++)
        {
            if (siblings[i].Child is { } before && IsUnnamed(before)) return;
        }

        Key("Data"u8, names);
        _out.Add("{\"#text\":"u8);
        int start = _out.Length, count = 0;
        _out.Add((byte)'[');
        for (int i = first; i < siblings.Length; i++)
        {
            if (siblings[i].Child is not { } data || !IsUnnamed(data) || IsAbsent(data.Content, instance) || !budget.Spend(1)) continue;
            Items(data.Content, instance, ref count);
        }

        if (count == 0)
        {
            _out.CutTo(start - "{\"#text\":".Length);
            _out.Add("null"u8);
            return;
        }

        if (count == 1) _out.RemoveAt(start);
        else _out.Add((byte)']');
        _out.Add((byte)'}');
    }

    bool Nested(int substitution, in Instance instance, int names, int depth)
    {
        if (depth >= EventParser.MaxNesting) return false;
        int mark = substitutions.Mark;
        (int start, int length) = substitutions.PlaceOf(instance, substitution);
        bool opened = substitutions.TryOpen(_chunk, start, start + length, _mustAgree, out Instance inner);
        if (opened && inner.Template.Root is { } root) Member(root, inner, names, depth + 1);
        substitutions.Close(mark);
        return opened;
    }

    // A number, a string, an array, or null.
    void Scalar(Part[] parts, in Instance instance)
    {
        int count = 0, start = _out.Length;
        if (parts.Length == 1)
        {
            _out.Add((byte)'[');
            Items(parts, instance, ref count);
            if (count == 1) _out.RemoveAt(start);
            else if (count == 0) _out.CutTo(start);
            else _out.Add((byte)']');
        }
        else if (parts.Length > 1)
        {
            _scratch.Clear();
            Plain(parts, instance);
            _out.AddQuoted(_scratch.Text);
            return;
        }

        if (count == 0) _out.Add("null"u8);
    }

    void Items(Part[] parts, in Instance instance, ref int count)
    {
        if (parts is not [{ } part])
        {
            if (parts.Length == 0) return;
            Separate(ref count);
            _scratch.Clear();
            Plain(parts, instance);
            _out.AddQuoted(_scratch.Text);
            return;
        }

        if (part.Text is { } literal)
        {
            if (!budget.Spend(literal.Length)) return;
            Separate(ref count);
            _out.AddQuoted(literal);
            return;
        }

        byte type = substitutions.Read(instance, part.Substitution, _chunk, out ReadOnlySpan<byte> value);
        byte itemType = (byte)(type & ~EvtxType.Array);
        if (type is EvtxType.Null or EvtxType.BinXml) return;
        if ((type & EvtxType.Array) == 0)
        {
            Item(type, value, ref count);
            return;
        }

        while (ValueText.TryItem(itemType, ref value, out ReadOnlySpan<byte> item)) Item(itemType, item, ref count);
    }

    void Item(byte type, ReadOnlySpan<byte> value, ref int count)
    {
        if (!budget.Spend(value.Length)) return;
        _scratch.Clear();
        int written = ValueText.Write(type, value, _scratch.Reserve(ValueText.MaxLength(type, value.Length)));
        if (written < 0) return;
        Separate(ref count);
        _scratch.Commit(written);
        // "NaN" and "Infinity" are no numbers in JSON.
        if (ValueText.IsNumber(type) && (type is not (EvtxType.Single or EvtxType.Double) || _scratch.Text[^1] is >= (byte)'0' and <= (byte)'9')) _out.Add(_scratch.Text);
        else _out.AddQuoted(_scratch.Text.TrimEnd(" \t\r\n"u8));
    }

    void Separate(ref int count)
    {
        if (count++ > 0) _out.Add((byte)',');
    }

    // Into the scratch: everything as text, one behind the other.
    void Plain(Part[] parts, in Instance instance)
    {
        foreach (ref readonly Part part in parts.AsSpan())
        {
            if (part.Text is { } literal)
            {
                if (budget.Spend(literal.Length)) _scratch.Add(literal);
                continue;
            }

            if (part.Substitution < 0) continue;
            byte type = substitutions.Read(instance, part.Substitution, _chunk, out ReadOnlySpan<byte> value);
            if (type is EvtxType.Null or EvtxType.BinXml || !budget.Spend(value.Length)) continue;
            byte itemType = (byte)(type & ~EvtxType.Array);
            ReadOnlySpan<byte> item = value;
            bool isFirst = true;
            while ((type & EvtxType.Array) == 0 || ValueText.TryItem(itemType, ref value, out item))
            {
                if (!isFirst) _scratch.Add((byte)',');
                isFirst = false;
                _scratch.Commit(Math.Max(0, ValueText.Write(itemType, item, _scratch.Reserve(ValueText.MaxLength(itemType, item.Length)))));
                if ((type & EvtxType.Array) == 0) break;
            }
        }
    }

    bool IsAbsent(Part[] parts, in Instance instance) =>
        parts is [{ IsOptional: true, Substitution: >= 0 } part] && substitutions.TypeOf(instance, part.Substitution) == EvtxType.Null;

    bool IsEmpty(Part[] parts, in Instance instance)
    {
        foreach (ref readonly Part part in parts.AsSpan())
        {
            if (part.Text is not null || part.Substitution >= 0 && substitutions.TypeOf(instance, part.Substitution) != EvtxType.Null) return false;
        }

        return true;
    }

    void WriteXml(Element element, in Instance instance, int depth)
    {
        if (!budget.Spend(element.Name.Length * 2) || IsAbsent(element.Content, instance)) return;

        // A list that is an element's only content repeats the element.
        if (element.Content is [{ Substitution: >= 0 } only] && substitutions.Read(instance, only.Substitution, _chunk, out ReadOnlySpan<byte> list) is > EvtxType.Array and var type)
        {
            while (ValueText.TryItem((byte)(type & ~EvtxType.Array), ref list, out ReadOnlySpan<byte> item) && budget.Spend(item.Length))
            {
                OpenXml(element, instance);
                _out.Add((byte)'>');
                _scratch.Clear();
                byte itemType = (byte)(type & ~EvtxType.Array);
                _scratch.Commit(Math.Max(0, ValueText.Write(itemType, item, _scratch.Reserve(ValueText.MaxLength(itemType, item.Length)))));
                _out.AddXml(_scratch.Text);
                CloseXml(element);
            }

            return;
        }

        OpenXml(element, instance);
        if (element.Content.Length == 0)
        {
            _out.Add("/>"u8);
            return;
        }

        _out.Add((byte)'>');
        for (int i = 0; i < element.Content.Length; i++)
        {
            ref readonly Part part = ref element.Content[i];
            if (part.Child is { } child) WriteXml(child, instance, depth);
            else if (part.Substitution >= 0 && substitutions.TypeOf(instance, part.Substitution) == EvtxType.BinXml) NestedXml(part.Substitution, instance, depth);
            else PlainXml(element.Content.AsSpan(i, 1).ToArray(), instance);
        }

        CloseXml(element);
    }

    void NestedXml(int substitution, in Instance instance, int depth)
    {
        if (depth >= EventParser.MaxNesting) return;
        int mark = substitutions.Mark;
        (int start, int length) = substitutions.PlaceOf(instance, substitution);
        if (substitutions.TryOpen(_chunk, start, start + length, _mustAgree, out Instance inner) && inner.Template.Root is { } root) WriteXml(root, inner, depth + 1);
        substitutions.Close(mark);
    }

    void PlainXml(Part[] parts, in Instance instance)
    {
        _scratch.Clear();
        Plain(parts, instance);
        _out.AddXml(_scratch.Text);
    }

    void OpenXml(Element element, in Instance instance)
    {
        _out.Add((byte)'<');
        _out.Add(element.Name);
        foreach (Attribute attribute in element.Attributes)
        {
            if (IsEmpty(attribute.Value, instance) || !budget.Spend(attribute.Name.Length)) continue;
            _out.Add((byte)' ');
            _out.Add(attribute.Name);
            _out.Add("=\""u8);
            PlainXml(attribute.Value, instance);
            _out.Add((byte)'"');
        }
    }

    void CloseXml(Element element)
    {
        _out.Add("</"u8);
        _out.Add(element.Name);
        _out.Add((byte)'>');
    }
}
