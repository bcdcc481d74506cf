using System.Globalization;
using System.Text;

namespace Tocsin.Evidence.Artifacts;

/// <summary>Exchange build numbers as logs write them.</summary>
public static class ProductVersion
{
    /// <summary>
    /// Turns <c>15.01.2375.007</c> or <c>15.1.2375.7</c> into <c>15.1.2375.7</c>; null where it is no Exchange version
    /// or the fixed <c>15.0.0.0</c> that ECP and SMTP logs carry whatever is installed.
    /// </summary>
    public static string? Normalise(ReadOnlySpan<byte> text)
    {
        Span<int> parts = stackalloc int[4];
        int count = 0;
        foreach (Range range in text.Split((byte)'.'))
        {
            if (count == 4) return null;
            if (!int.TryParse(text[range].Trim((byte)' '), NumberStyles.None, CultureInfo.InvariantCulture, out parts[count++])) return null;
        }

        if (count != 4 || parts[0] is not (8 or 14 or 15) || parts[2] == 0) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{parts[0]}.{parts[1]}.{parts[2]}.{parts[3]}");
    }

    /// <inheritdoc cref="Normalise(ReadOnlySpan{byte})"/>
    public static string? Normalise(string text) => Normalise(Encoding.UTF8.GetBytes(text));
}
