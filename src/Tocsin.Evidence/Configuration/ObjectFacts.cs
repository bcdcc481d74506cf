using System.Text;

namespace Tocsin.Evidence.Configuration;

/// <summary>What the properties of an exported object tell.</summary>
internal static class ObjectFacts
{
    static readonly string[] ScriptMarks = ["<script", "%3cscript", "runat=", "runat%3d", "<%", "page_load"];

    // Folders that a mailbox has and nobody opens.
    static readonly string[] HiddenFolders = ["rss", "conversation history", "junk", "deleted items", "archive", "notes"];

    /// <summary>The facts, each once.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<(string Name, string Value)> properties)
    {
        bool forwards = false, hides = false, isForwarding = false;
        var facts = new List<string>();
        foreach ((string name, string value) in properties)
        {
            if (name.EndsWith("Url", StringComparison.OrdinalIgnoreCase) && HasScript(value)) facts.Add(ConfigurationFact.ScriptInUrl);
            else if (Is(name, "AssemblyPath")) AgentsConfigReader.AddFacts(Encoding.UTF8.GetBytes(value), facts.Add);
            else if (Is(name, "ForwardTo") || Is(name, "RedirectTo") || Is(name, "ForwardAsAttachmentTo"))
            {
                // Recipients of the directory are written [EX:/o=…]; what is written [SMTP:…] was not found there.
                isForwarding = true;
                forwards |= value.Contains("[SMTP:", StringComparison.OrdinalIgnoreCase);
            }
            else if (Is(name, "ForwardingSmtpAddress")) forwards |= value.Contains('@', StringComparison.Ordinal);
            else if (Is(name, "DeleteMessage") || Is(name, "SoftDeleteMessage")) hides |= Is(value, "true");
            else if (Is(name, "MoveToFolder")) hides |= HiddenFolders.Any(folder => value.Contains(folder, StringComparison.OrdinalIgnoreCase));
        }

        if (forwards) facts.Add(isForwarding && hides ? ConfigurationFact.ForwardsOutsideHidden : ConfigurationFact.ForwardsOutside);
        return facts.Distinct(StringComparer.Ordinal);
    }

    static bool HasScript(string value) => ScriptMarks.Any(mark => value.Contains(mark, StringComparison.OrdinalIgnoreCase));

    static bool Is(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
