using System.Buffers;
using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Configuration;

/// <summary>Gathers one rule of the URL Rewrite module, which is spread over several elements, and says whether it is one of the vendor's mitigations.</summary>
/// <remarks>
/// <code>
/// &lt;rule name="PowerShell - inbound" patternSyntax="ECMAScript" stopProcessing="true"&gt;
///   &lt;match url=".*" /&gt;
///   &lt;conditions&gt; &lt;add input="{UrlDecode:{REQUEST_URI}}" pattern="(?=.*autodiscover)(?=.*powershell)" /&gt; &lt;/conditions&gt;
///   &lt;action type="AbortRequest" /&gt;
/// &lt;/rule&gt;
/// </code>
/// </remarks>
internal sealed class RewriteRule
{
    // Bounds one rule; the vendor's have two conditions.
    const int MaxConditions = 64;
    const int MaxTextBytes = 16 * 1024;

    readonly List<byte[]> _inputs = [], _patterns = [];
    readonly ArrayBufferWriter<byte> _text = new();
    readonly byte[] _element, _name, _location;
    readonly bool _isEnabled;
    readonly Position _position;
    byte[] _action = [];

    /// <summary>Begins with the rule's own tag.</summary>
    public RewriteRule(XmlWalk xml, ReadOnlySpan<byte> element, string location)
    {
        _element = element.ToArray();
        _name = xml["name"u8].ToArray();
        _location = Encoding.UTF8.GetBytes(location);
        _isEnabled = !Ascii.EqualsIgnoreCase(xml["enabled"u8], "false"u8);
        _position = xml.Position;
        Depth = xml.Depth;
        Append(xml.Shown);
    }

    /// <summary>How deep the rule's tag stands.</summary>
    public int Depth { get; }

    /// <summary>Takes a tag inside the rule.</summary>
    public void Take(XmlWalk xml)
    {
        Append(xml.Shown);
        if (_patterns.Count >= MaxConditions) return;
        if (xml.Name.SequenceEqual("match"u8)) Add(_patterns, xml["url"u8].IsEmpty ? xml["pattern"u8] : xml["url"u8]);
        else if (xml.Name.SequenceEqual("add"u8))
        {
            Add(_inputs, xml["input"u8]);
            Add(_patterns, xml["pattern"u8]);
        }
        else if (xml.Name.SequenceEqual("action"u8)) _action = xml["type"u8].ToArray();
    }

    /// <summary>Writes the record.</summary>
    public void Write(ConfigurationRecord record, ReadReport report)
    {
        record.Begin();
        record.SetElement(_element, _name, _location);
        record.Set("Location", _location);
        record.Set("Name", _name);
        record.Set("Enabled", _isEnabled ? "true"u8 : "false"u8);
        record.Set("Action", _action);
        foreach (byte[] input in _inputs) record.Set("Input", input);
        foreach (byte[] pattern in _patterns) record.Set("Pattern", pattern);
        if (Mitigation(out bool isBypassable) is { } mitigation)
        {
            string state = !_isEnabled || !Acts() ? ConfigurationFact.MitigationDisabled : isBypassable ? ConfigurationFact.MitigationBypassable : ConfigurationFact.Mitigation;
            record.Fact(state + mitigation);
            report.States.Add(state + mitigation);
        }

        record.End(_text.WrittenSpan, _position);
    }

    // A rule that only notes or passes on mitigates nothing; outbound rules act by rewriting a header.
    bool Acts() => Is(_action, "AbortRequest") || Is(_action, "CustomResponse") || Is(_action, "Redirect") || Is(_action, "Rewrite") && _element.AsSpan().IndexOf("outboundRules"u8) >= 0;

    // Known by what they stop rather than by their names, which administrators change.
    string? Mitigation(out bool isBypassable)
    {
        isBypassable = false;
        string patterns = string.Join('\n', _patterns.Select(Encoding.UTF8.GetString)), inputs = string.Join('\n', _inputs.Select(Encoding.UTF8.GetString)), name = Encoding.UTF8.GetString(_name);
        if (Has(patterns, "X-AnonResource-Backend")) return "proxylogon-anonresource";
        if (Has(patterns, "X-BEResource")) return "proxylogon-beresource";
        if (Has(patterns, "autodiscover") && Has(patterns, "powershell"))
        {
            // The first forms asked for an order, an "@" or ".json", or looked at the address with its %-signs.
            isBypassable = !Has(patterns, "(?=.*autodiscover)") || !Has(patterns, "(?=.*powershell)") || !Has(inputs, "UrlDecode");
            return "proxynotshell";
        }

        if (name.StartsWith("EEMS M2", StringComparison.OrdinalIgnoreCase) || Has(name, "CVE-2026-42897")) return "owa-script-2026";
        return name.StartsWith("EEMS M", StringComparison.OrdinalIgnoreCase) ? "emergency-service" : null;
    }

    static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    static bool Is(ReadOnlySpan<byte> text, string word) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, 64)]).Equals(word, StringComparison.OrdinalIgnoreCase);

    static void Add(List<byte[]> list, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty) list.Add(value[..Math.Min(value.Length, MaxTextBytes)].ToArray());
    }

    void Append(ReadOnlySpan<byte> raw)
    {
        if (_text.WrittenCount > 0) _text.Write(" "u8);
        _text.Write(raw[..Math.Min(raw.Length, Math.Max(0, MaxTextBytes - _text.WrittenCount))]);
    }
}
