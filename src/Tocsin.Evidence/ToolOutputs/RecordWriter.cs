using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.ToolOutputs;

/// <summary>Writes records of several log sources from one artifact: begin, set fields, end. Counts each in the report, handed on or not.</summary>
/// <remarks>
/// The filter is asked about the line and about the values together: a value may have been joined from wrapped lines or
/// freed of doubled quotes, and reads otherwise than the line does.
/// </remarks>
internal sealed class RecordWriter(ReadContext context)
{
    readonly Dictionary<LogSource, (RecordTarget Target, RecordBuffer Values)> _outputs = [];
    RecordTarget? _target;
    RecordBuffer? _values;
    byte[] _seen = new byte[1024];
    int _seenLength;

    /// <summary>Begins a record of a log source.</summary>
    public void Begin(LogSource source)
    {
        if (!_outputs.TryGetValue(source, out var output))
        {
            RecordTarget target = context.TargetOf(source);
            _outputs[source] = output = (target, new RecordBuffer(target.Fields));
        }

        (_target, _values) = output;
        _values.Clear();
        _seenLength = 0;
    }

    /// <summary>Sets a field by copying its value.</summary>
    public void Set(string field, ReadOnlySpan<byte> value) => Set(_target!.Fields.IndexOf(field), value);

    /// <inheritdoc cref="Set(string, ReadOnlySpan{byte})"/>
    public void Set(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value) => Set(_target!.Fields.IndexOf(field), value);

    /// <summary>Counts the record, and hands it on if the filter wants it.</summary>
    /// <param name="line">The original text.</param>
    /// <param name="position">Where it begins.</param>
    /// <param name="time">The record's time; default where unknown.</param>
    /// <param name="isLogged">False where the time is not that of a log entry and must not count as covered: a file's.</param>
    public void End(ReadOnlySpan<byte> line, Position position, DateTime time, bool isLogged = true)
    {
        context.Report.Records++;
        if (isLogged && time != default)
        {
            context.Report.AddTime(time);
            context.Report.AddHour((int)(time.Ticks / TimeSpan.TicksPerHour), 1);
        }

        ILineFilter filter = _target!.Filter;
        if (filter.FindCandidate(line, 0) < 0 && filter.FindCandidate(_seen.AsSpan(0, _seenLength), 0) < 0) return;
        _target.Sink.Accept(new Record(line, _values!, position, time));
    }

    void Set(int field, ReadOnlySpan<byte> value)
    {
        if (field < 0) return;
        _values!.Add(field, value);
        if (_seen.Length < _seenLength + value.Length + 1) Array.Resize(ref _seen, (_seenLength + value.Length + 1) * 2);
        value.CopyTo(_seen.AsSpan(_seenLength));
        _seen.AsSpan(_seenLength, value.Length).Replace((byte)'\n', (byte)' ');
        _seenLength += value.Length;
        _seen[_seenLength++] = (byte)' ';
    }
}
