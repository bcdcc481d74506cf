using System.Globalization;
using Wasmtime;

namespace Tocsin.Detection.Yara.Portable;

/// <summary>Scans with YARA-X in a store of its own, which is replaced now and then. One thread.</summary>
internal sealed class PortableScanner(PortableRules rules) : YaraScanner
{
    /// <summary>A store never frees the instance that each scan makes (some 85 KB), and has room for 10,000.</summary>
    const int ScansOfStore = 500;

    /// <summary>Work for one file: honest pages take a thousandth of it, 16 MB of zeros or of one letter a tenth.</summary>
    const ulong FuelToScan = 4_000_000_000, FuelToScanByte = 600;

    /// <summary>Calls between the rules' conditions and YARA-X for one file. Each takes some 50 µs and leaves references behind, neither of which the fuel counts; the public rules make fewer than 300 a file.</summary>
    const int CallsOfScan = 20_000;

    EngineInstance? _instance;
    int _scanner;
    int _scans;

    /// <summary>How many stores were used, for tests of the recycling.</summary>
    public int Stores { get; private set; }

    /// <summary>What the last scan cost, for tests of the limits.</summary>
    public ulong LastFuel { get; private set; }

    /// <inheritdoc />
    public override YaraOutcome Scan(ReadOnlyMemory<byte> content, in YaraVariables variables, ICollection<YaraMatch> matches)
    {
        if (_instance is null || _scans++ >= ScansOfStore) Renew();
        EngineInstance instance = _instance!;
        ulong fuel = FuelToScan + FuelToScanByte * (ulong)content.Length;
        try
        {
            instance.Fuel = fuel;
            instance.CallsLeft = CallsOfScan;
            for (int i = 0; i < YaraVariables.Names.Count; i++) instance.Set(_scanner, YaraVariables.Names[i], variables.At(i));
            object? answer = instance.Scan(_scanner, content.Span);
            LastFuel = fuel - instance.Fuel;
            foreach (YaraMatch match in Read(answer)) matches.Add(match);
            if (_scans % 50 == 0) instance.Collect();
            return YaraOutcome.Done;
        }
        catch (Exception e) when (e is WasmtimeException or HostException)
        {
            LastFuel = fuel;
            // A trap behind a call of the host comes without its kind.
            bool isSpent = instance.CallsLeft < 0 || instance.Fuel == 0 || e is TrapException { Type: TrapCode.OutOfFuel };
            Drop();
            return isSpent ? YaraOutcome.TooMuchWork : YaraOutcome.Failed;
        }
    }

    void Renew()
    {
        Drop();
        _instance = rules.Clone(out _scanner);
        _scans = 1;
        Stores++;
    }

    void Drop()
    {
        _instance?.Dispose();
        _instance = null;
    }

    static IEnumerable<YaraMatch> Read(object? answer)
    {
        foreach (HostObject rule in Items((answer as HostObject)?["matches"]))
        {
            if (rule["isPrivate"] is true) continue;
            yield return new YaraMatch(
                Text(rule["identifier"]),
                Text(rule["namespace"]),
                rule["tags"] is List<object?> tags ? [.. tags.Select(Text)] : [],
                [.. Items(rule["metadata"]).Select(m => new YaraMeta(Text(m["identifier"]), Text(m["value"])))],
                ReadStrings(rule["patterns"]));
        }
    }

    static List<YaraString> ReadStrings(object? patterns)
    {
        var strings = new List<YaraString>();
        int named = 0;
        foreach (HostObject pattern in Items(patterns))
        {
            if (pattern["isPrivate"] is true) continue;
            int places = 0;
            foreach (HostObject place in Items(pattern["matches"]))
            {
                if (places == YaraLimits.MaxPlaces) break;
                if (places++ == 0 && ++named > YaraLimits.MaxStrings) return strings;
                strings.Add(new(Text(pattern["identifier"]), Number(place["offset"]), (int)Number(place["length"])));
            }
        }

        return strings;
    }

    static IEnumerable<HostObject> Items(object? list) => list is List<object?> items ? items.OfType<HostObject>() : [];

    static long Number(object? value) => value switch { double d => (long)d, long l => l, ulong u => (long)u, _ => 0 };

    static string Text(object? value) => value switch
    {
        string s => s,
        bool b => b ? "true" : "false",
        null or Undefined => "",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <inheritdoc />
    public override void Dispose() => Drop();
}
