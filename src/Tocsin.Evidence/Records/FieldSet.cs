using System.Text;

namespace Tocsin.Evidence.Records;

/// <summary>The field names that somebody will ask a record for, each with its index. Immutable; safe to share between threads.</summary>
/// <remarks>
/// A reader renders only the fields in the set it was given, so a rule set that asks for twelve fields of a 74-column log
/// costs twelve. Names compare without regard to ASCII case, as Windows and Exchange versions spell them differently
/// (<c>BackEndStatus</c>, <c>BackendStatus</c>).
/// </remarks>
public sealed class FieldSet
{
    readonly string[] _names;
    readonly byte[][] _utf8Names;
    readonly Dictionary<string, int> _indexes;

    /// <summary>Takes the names in ordinal order, without repeats, so that equal sets have equal indexes.</summary>
    public FieldSet(IEnumerable<string> names)
    {
        _names = [.. names.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        _utf8Names = [.. _names.Select(Encoding.UTF8.GetBytes)];
        _indexes = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < _names.Length; i++) _indexes[_names[i]] = i;
    }

    /// <summary>A set without fields.</summary>
    public static FieldSet Empty { get; } = new([]);

    /// <summary>How many fields the set has; indexes run from 0 below it.</summary>
    public int Count => _names.Length;

    /// <summary>The name at an index.</summary>
    public string this[int index] => _names[index];

    /// <summary>The index of a name, or -1.</summary>
    public int IndexOf(string name) => _indexes.GetValueOrDefault(name, -1);

    /// <summary>The index of a name in UTF-8, or -1. Does not allocate.</summary>
    public int IndexOf(ReadOnlySpan<byte> utf8Name)
    {
        for (int i = 0; i < _utf8Names.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(_utf8Names[i], utf8Name)) return i;
        }

        return -1;
    }
}
