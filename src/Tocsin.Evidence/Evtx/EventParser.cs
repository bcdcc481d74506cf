using System.Buffers.Binary;
using System.Buffers.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Evtx;

/// <summary>Makes records of the events of a file, one at a time: what is wanted of each, and nothing else. One thread.</summary>
internal sealed class EventParser : IRecordText
{
    /// <summary>Fragments inside fragments. Real events have one or two; a template may nest itself.</summary>
    public const int MaxNesting = 8;

    /// <summary>Bytes of a time in UTF-16 that are looked at; the longest form has 30 characters.</summary>
    const int MaxStamp = 64;

    readonly RecordTarget _target;
    readonly EventTally _tally;
    readonly WorkBudget _budget = new();
    readonly TemplateCache _templates;
    readonly Substitutions _substitutions;
    readonly EventKinds _kinds;
    readonly RecordBuffer _values;
    readonly ManagementCall _call;
    readonly EventText _text;
    readonly byte[] _stamp = new byte[MaxStamp / 2 * 3];
    byte[] _chunk = [];
    Instance _event;
    Instance _nested;
    int _nestedSubstitution;
    bool _mustAgree;
    byte[] _computer = [];
    byte[] _computerText = [];

    public EventParser(RecordTarget target, EventTally tally, EventTextForm form)
    {
        _target = target;
        _tally = tally;
        _templates = new TemplateCache(_budget);
        _substitutions = new Substitutions(_templates);
        _kinds = new EventKinds(target);
        _values = new RecordBuffer(target.Fields);
        _call = new ManagementCall(target.Fields);
        _text = new EventText(_substitutions, _budget, form);
    }

    /// <summary>Whether a hostile chunk has used up what reading it may cost.</summary>
    public bool IsSpent => _budget.IsSpent;

    /// <summary>How many template definitions were compiled.</summary>
    public int Compiled => _templates.Compiled;

    /// <summary>Turns to another chunk: names and templates are a chunk's own.</summary>
    public void StartChunk(byte[] chunk)
    {
        _chunk = chunk;
        _budget.Refill();
        _templates.StartChunk();
    }

    /// <summary>Takes one event; false where its bytes are no event.</summary>
    /// <param name="at">The record's first byte in the chunk.</param>
    /// <param name="length">Its length.</param>
    /// <param name="position">What the report says of its place.</param>
    /// <param name="mustAgree">Whether the record is one that the chunk does not count.</param>
    public bool TryTake(int at, int length, Position position, bool mustAgree)
    {
        ReadOnlySpan<byte> chunk = _chunk;
        _mustAgree = mustAgree;
        _substitutions.Clear();
        if (_budget.IsSpent || !_substitutions.TryOpen(chunk, at + EvtxLayout.RecordHeaderBytes, at + length - 4, mustAgree, out _event)) return false;
        Template template = _event.Template;
        EventHead head = template.Head;
        _nestedSubstitution = -1;
        if (head.Nested >= 0 && _substitutions.TypeOf(_event, head.Nested) == EvtxType.BinXml)
        {
            if (!TryOpenNested(_event, head.Nested, out _nested)) return false;
            _nestedSubstitution = head.Nested;
        }

        DateTime stamp = TimeOf(head.Time, _event);
        if (stamp == default) stamp = EvtxLayout.Time(BinaryPrimitives.ReadInt64LittleEndian(chunk[(at + 16)..]));
        DateTime utc = SysmonUtc();
        if (stamp != default && utc != default) _tally.Compare(stamp, utc, position);
        DateTime time = utc != default ? utc : stamp;
        _tally.Add(time, Computer(head.Computer), statesUtc: utc != default);

        Read(head.Channel, _event, out ReadOnlySpan<byte> channel);
        Read(head.Provider, _event, out ReadOnlySpan<byte> provider);
        EventKind kind = _kinds.Of(template, channel, provider, EventId(head.EventId));
        bool wantsText = kind.Interest.WantsText && MayHoldWords(kind.Interest.Words, chunk.Slice(at, length));
        if (!wantsText && !kind.Interest.AnyField) return true;

        _values.Clear();
        if (kind.IsManagement) _call.Clear();
        ReadOnlySpan<byte> line = wantsText ? Render() : default;
        Run(kind.Own!, kind, _event, 0);
        if (kind.IsManagement) AddCall(kind);
        _target.Sink.Accept(new Record(line, _values, position, time, this));
        return true;
    }

    // Words may stand in the record's own bytes, or in the names and texts of its templates, which stand elsewhere in the chunk.
    bool MayHoldWords(IWordFilter? words, ReadOnlySpan<byte> record)
    {
        if (words is null || words.MayHold(record) || _event.Template.MayHold(words)) return true;
        bool isNested = _nestedSubstitution >= 0;
        return isNested && _nested.Template.MayHold(words)
            || _substitutions.Count(_event, EvtxType.BinXml) > (isNested ? 1 : 0)
            || isNested && _substitutions.Count(_nested, EvtxType.BinXml) > 0;
    }

    /// <inheritdoc />
    public ReadOnlySpan<byte> Render() => _text.Render(_chunk, _event, _mustAgree);

    void Run(FieldPlan plan, EventKind kind, in Instance instance, int depth)
    {
        ReadOnlySpan<byte> chunk = _chunk;
        foreach (ref readonly FieldStep step in plan.Steps.AsSpan())
        {
            if (step.Substitution < 0)
            {
                AddMixed(step, kind, instance);
                continue;
            }

            byte type = _substitutions.Read(instance, step.Substitution, chunk, out ReadOnlySpan<byte> value);
            if (type == EvtxType.Null || !_budget.Spend(value.Length)) continue;
            if (type == EvtxType.BinXml) Nest(step, kind, instance, depth);
            else if (step.Field >= 0 && (type & EvtxType.Array) == 0 && !step.Joins && !step.IsLevelName) Add(step.Field, type, value);
            else AddOdd(step, kind, instance, type, value);
        }
    }

    void Add(int field, byte type, ReadOnlySpan<byte> value)
    {
        int written = ValueText.Write(type, value, _values.Reserve(ValueText.MaxLength(type, value.Length)));
        if (written >= 0) _values.Commit(field, written);
    }

    void Nest(in FieldStep step, EventKind kind, in Instance instance, int depth)
    {
        if (depth >= MaxNesting) return;
        if (depth == 0 && step.Substitution == _nestedSubstitution)
        {
            Run(_kinds.PlanOf(kind, _nested.Template, step.Place), kind, _nested, depth + 1);
            return;
        }

        int mark = _substitutions.Mark;
        if (TryOpenNested(instance, step.Substitution, out Instance inner)) Run(_kinds.PlanOf(kind, inner.Template, step.Place), kind, inner, depth + 1);
        _substitutions.Close(mark);
    }

    // Lists, parts of a cmdlet's call, levels by name, fields whose name is a value.
    void AddOdd(in FieldStep step, EventKind kind, in Instance instance, byte type, ReadOnlySpan<byte> value)
    {
        int field = step.Name is null ? step.Field : _kinds.Planner.FieldOfData(Text(step.Name, instance), kind);
        byte itemType = (byte)(type & ~EvtxType.Array);
        ReadOnlySpan<byte> rest = value, item = value;
        Span<byte> word = stackalloc byte[96];
        while ((type & EvtxType.Array) == 0 || ValueText.TryItem(itemType, ref rest, out item))
        {
            if (!_budget.Spend(item.Length)) return;
            if (field >= 0) Add(field, itemType, item);
            if (step.Joins)
            {
                _call.Commit(ValueText.Write(itemType, item, _call.Reserve(ValueText.MaxLength(itemType, item.Length))));
            }

            if (step.IsLevelName && itemType == EvtxType.Utf16)
            {
                if (item.Length <= 64) AddLevel(field, word[..ValueText.Utf16(item, word)]);
            }

            if ((type & EvtxType.Array) == 0) return;
        }
    }

    void AddLevel(int field, ReadOnlySpan<byte> word)
    {
        if (EventNames.LevelNumber(word) is { IsEmpty: false } number) _values.Add(field, number);
    }

    void AddMixed(in FieldStep step, EventKind kind, in Instance instance)
    {
        ReadOnlySpan<byte> text = step.Parts is [{ Text: { } only }] ? only : Text(step.Parts, instance);
        if (!_budget.Spend(text.Length)) return;
        if (step.Joins)
        {
            text.CopyTo(_call.Reserve(text.Length));
            _call.Commit(text.Length);
        }

        if (step.Name is not null)
        {
            byte[] kept = text.ToArray();
            _values.Add(_kinds.Planner.FieldOfData(Text(step.Name, instance), kind), kept);
            return;
        }

        _values.Add(step.Field, text);
        if (step.IsLevelName) AddLevel(step.Field, text);
    }

    byte[] _mixed = new byte[256];

    // Text and values, one behind the other; valid until the next call.
    ReadOnlySpan<byte> Text(Part[] parts, in Instance instance)
    {
        int length = 0;
        foreach (ref readonly Part part in parts.AsSpan())
        {
            ReadOnlySpan<byte> value = part.Text;
            byte type = part.Substitution < 0 ? EvtxType.Null : _substitutions.Read(instance, part.Substitution, _chunk, out value);
            if (type == EvtxType.BinXml || !_budget.Spend(value.Length)) continue;
            int most = part.Text is null ? ValueText.MaxLength(type, value.Length) : value.Length;
            if (_mixed.Length < length + most) Array.Resize(ref _mixed, (length + most) * 2);
            if (part.Text is not null) value.CopyTo(_mixed.AsSpan(length));
            length += part.Text is not null ? value.Length : Math.Max(0, ValueText.Write(type, value, _mixed.AsSpan(length)));
        }

        return _mixed.AsSpan(0, length);
    }

    void AddCall(EventKind kind)
    {
        int message = _target.Fields.IndexOf("Message");
        Span<byte> id = stackalloc byte[12];
        Utf8Formatter.TryFormat(kind.EventId, id, out int digits);
        if (_values.Head(message) is >= 0 and var slot)
        {
            byte[] text = _values.Text(default, slot).ToArray();
            _values.Add(_call.Command, text);
        }
        else if (!_call.IsEmpty)
        {
            _call.AddCommand(_values);
        }

        _call.AddOutcome(_values, id[..digits]);
    }

    bool TryOpenNested(in Instance instance, int substitution, out Instance nested)
    {
        (int start, int length) = _substitutions.PlaceOf(instance, substitution);
        return _substitutions.TryOpen(_chunk, start, start + length, _mustAgree, out nested);
    }

    byte Read(HeadValue head, scoped in Instance instance, out ReadOnlySpan<byte> value)
    {
        value = head.Text;
        return head.Substitution < 0 ? EvtxType.Null : _substitutions.Read(instance, head.Substitution, _chunk, out value);
    }

    int EventId(HeadValue head)
    {
        byte type = Read(head, _event, out ReadOnlySpan<byte> value);
        if (type == EvtxType.UInt16 && value.Length >= 2) return EvtxLayout.UInt16(value, 0);
        if (type == EvtxType.UInt32 && value.Length >= 4) return (int)EvtxLayout.UInt32(value, 0);
        Span<byte> text = stackalloc byte[192];
        if (type == EvtxType.Null || value.Length > 64) return Utf8Parser.TryParse(value, out int literal, out _) ? literal : 0;
        return Utf8Parser.TryParse(text[..Math.Max(0, ValueText.Write(type, value, text))], out int id, out _) ? id : 0;
    }

    DateTime TimeOf(HeadValue head, in Instance instance)
    {
        byte type = Read(head, instance, out ReadOnlySpan<byte> value);
        if (type == EvtxType.FileTime && value.Length >= 8) return EvtxLayout.Time(BinaryPrimitives.ReadInt64LittleEndian(value));
        if (type == EvtxType.SystemTime && value.Length >= 16) return ValueText.SystemTime(value);
        if (type == EvtxType.Utf16) value = _stamp.AsSpan(0, ValueText.Utf16(value[..Math.Min(value.Length, MaxStamp)], _stamp));
        return TimeText.TryRead(value, out DateTime utc) ? utc : default;
    }

    DateTime SysmonUtc()
    {
        if (_event.Template.SysmonUtc is { IsNone: false } own) return TimeOf(own, _event);
        return _nestedSubstitution >= 0 && _nested.Template.SysmonUtc is { IsNone: false } inner ? TimeOf(inner, _nested) : default;
    }

    // One log is mostly of one computer: its name is written out when it changes.
    ReadOnlySpan<byte> Computer(HeadValue head)
    {
        byte type = Read(head, _event, out ReadOnlySpan<byte> value);
        if (type != EvtxType.Utf16) return value;
        if (!value.SequenceEqual(_computer))
        {
            byte[] text = new byte[value.Length / 2 * 3];
            _computer = value.ToArray();
            _computerText = text[..ValueText.Utf16(value, text)];
        }

        return _computerText;
    }
}
