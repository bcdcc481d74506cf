using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.ToolOutputs;

namespace Tocsin.Evidence.Configuration;

/// <summary>Writes the records of one configuration file, and a note for each fact, since a fact that proves nothing by itself is still worth a look.</summary>
internal sealed class ConfigurationRecord(ReadContext context, LogSource source)
{
    // Bounds the remarks of a file in which everything is odd.
    const int MaxNotes = 40;
    const int MaxShownChars = 160;

    readonly RecordWriter _record = new(context);
    readonly List<string> _facts = [];
    string _name = "", _place = "";

    public void Begin() => _record.Begin(source);

    public void Set(string field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty) _record.Set(field, value);
    }

    public void Set(string field, string value) => Set(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Sets the element's path and what a remark calls it.</summary>
    public void SetElement(ReadOnlySpan<byte> element, ReadOnlySpan<byte> name, ReadOnlySpan<byte> place)
    {
        Set("Element", element);
        (_name, _place) = (Shown(name), Shown(place));
    }

    public void Fact(string fact)
    {
        if (_facts.Contains(fact, StringComparer.Ordinal)) return;
        _facts.Add(fact);
        Set("Fact", fact);
    }

    /// <summary>Ends the record.</summary>
    /// <param name="line">The original text, or a rendering where the record is put together from several places.</param>
    /// <param name="position">Where it begins.</param>
    /// <param name="time">When it came to be so, where the artifact says it.</param>
    public void End(ReadOnlySpan<byte> line, Position position, DateTime time = default)
    {
        foreach (string fact in _facts)
        {
            if (context.Report.Notes.Count >= MaxNotes) break;
            string place = _place.Length > 0 && _place != _name ? $" ({_place})" : "";
            context.Report.Notes.Add($"{fact}: {_name}{place}, line {position.Line}");
        }

        _facts.Clear();
        (_name, _place) = ("", "");
        _record.End(line, position, time, isLogged: false);
    }

    static string Shown(ReadOnlySpan<byte> text)
    {
        string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * MaxShownChars)]);
        return shown.Length <= MaxShownChars ? shown : shown[..MaxShownChars] + "…";
    }
}
