using System.Globalization;
using System.Text;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Configuration;

/// <summary>The servers that exported objects name. An export may be of one server or of a whole organisation; only in the first case is it that server's.</summary>
internal sealed class ExchangeServers
{
    // Bounds what a hostile file can make us keep; the largest organisations have some hundreds.
    const int MaxServers = 1000;

    readonly SortedDictionary<string, (string? Build, DateTime ChangedUtc)> _servers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Looks at one object.</summary>
    /// <param name="cmdlet">What gave it.</param>
    /// <param name="property">Gives its properties.</param>
    /// <param name="changedUtc">When the directory last changed it.</param>
    public void See(string cmdlet, Func<string, string?> property, DateTime changedUtc)
    {
        bool isServer = cmdlet == "Get-ExchangeServer";
        string? name = isServer ? property("Name") : property("Server");
        if (string.IsNullOrEmpty(name) || name.Length > 255 || _servers.Count >= MaxServers && !_servers.ContainsKey(name)) return;
        string? build = property("AdminDisplayVersion") is { } version ? BuildOf(version) : null;
        var before = _servers.GetValueOrDefault(name);
        _servers[name] = (build ?? before.Build, isServer ? changedUtc : before.ChangedUtc);
    }

    /// <summary>Tells what was seen, once the whole export is read.</summary>
    public void Report(ReadReport report)
    {
        foreach ((string name, (string? build, DateTime _)) in _servers.Take(20))
        {
            if (build is not null) report.Notes.Add($"{name} calls itself build {build}. That names the cumulative update; security updates do not change it.");
        }

        if (_servers.Count > 20) report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_servers.Count} servers are named."));
        if (_servers.Count != 1) return;
        (string only, (string? builtAs, DateTime changedUtc)) = _servers.First();
        report.AddHost(only);
        if (builtAs is null) return;
        if (builtAs.StartsWith("14.", StringComparison.Ordinal)) report.Products.Add("Exchange 2010");
        if (builtAs.StartsWith("8.", StringComparison.Ordinal)) report.Products.Add("Exchange 2007");
        // The directory's entry changes with every setup, so the build was there by then; without a time it would count from the beginning of time.
        if (changedUtc != default) report.AddVersion(Encoding.UTF8.GetBytes(builtAs), changedUtc);
    }

    /// <summary><c>Version 15.1 (Build 2375.7)</c> and <c>Version 15.1 (Build 32375.7)</c> of remote sessions are 15.1.2375.7.</summary>
    static string? BuildOf(string text)
    {
        const string Opening = "Version ", Middle = " (Build ";
        int middle = text.IndexOf(Middle, StringComparison.Ordinal);
        if (!text.StartsWith(Opening, StringComparison.Ordinal) || middle < Opening.Length || !text.EndsWith(')')) return null;
        string[] build = text[(middle + Middle.Length)..^1].Split('.');
        if (build.Length != 2 || !int.TryParse(build[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return null;
        // Exchange 2013 and later mark the build with 30000.
        return ProductVersion.Normalise(string.Create(CultureInfo.InvariantCulture, $"{text[Opening.Length..middle]}.{(number >= 30000 ? number - 30000 : number)}.{build[1]}"));
    }
}
