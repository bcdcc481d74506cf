using System.Text;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>Takes the values by which correlations group and count out of a record. Immutable.</summary>
sealed class FieldCapture(LogSource artifact, FieldSet fields, string[] names)
{
    /// <summary>Bounds what one record keeps in memory: names of users, hosts and programs are shorter.</summary>
    const int MaxBytes = 256;

    readonly int[][] _places = [.. names.Select(n => FieldsOf(artifact, n).Select(fields.IndexOf).ToArray())];

    /// <summary>The fields of the log source in which a rule's field may be found.</summary>
    public static IEnumerable<string> FieldsOf(LogSource artifact, string name) => Taxonomy.FieldOf(artifact, name).Places.Select(p => p.Field);

    /// <summary>The indexes of all fields that are looked at.</summary>
    public IEnumerable<int> Fields => _places.SelectMany(p => p);

    /// <summary>For each field its first value that says something.</summary>
    public string?[] Of(in Record record)
    {
        string?[] values = new string?[_places.Length];
        for (int i = 0; i < values.Length; i++)
        {
            foreach (int field in _places[i])
            {
                ReadOnlySpan<byte> value = record[field];
                if (value is [] or [(byte)'-']) continue;
                values[i] = Encoding.UTF8.GetString(value.Length > MaxBytes ? value[..MaxBytes] : value);
                break;
            }
        }

        return values;
    }
}
