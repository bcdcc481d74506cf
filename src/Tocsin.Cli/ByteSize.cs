using System.Globalization;

namespace Tocsin.Cli;

/// <summary>Sizes as people write them: 2GB, 500MB, 20 MiB, 1048576.</summary>
internal static class ByteSize
{
    static readonly (string Unit, long Bytes)[] Units =
    [
        ("kib", 1L << 10), ("mib", 1L << 20), ("gib", 1L << 30), ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("k", 1_000), ("m", 1_000_000), ("g", 1_000_000_000), ("b", 1),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        text = text.Trim().ToLowerInvariant();
        long factor = 1;
        foreach ((string unit, long of) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            text = text[..^unit.Length].Trim();
            factor = of;
            break;
        }

        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
        double size = number * factor;
        if (size is < 1 or > 1e15) return false;
        bytes = (long)size;
        return true;
    }
}
