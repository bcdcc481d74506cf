namespace Tocsin.Triage.Yara;

/// <summary>Which files YARA looks at: what a web server would execute, what it compiled, and what hides in its folders.</summary>
internal static class WebPlaces
{
    /// <summary>Folders that IIS and Exchange serve, or compile into.</summary>
    static readonly string[] Roots =
    [
        @"\inetpub\wwwroot\", @"\aspnet_client\", @"\frontend\httpproxy\", @"\clientaccess\", @"\temporary asp.net files\",
    ];

    /// <summary>What IIS executes or is governed by, wherever it lies.</summary>
    static readonly string[] Pages =
    [
        ".aspx", ".ashx", ".asmx", ".ascx", ".asp", ".asa", ".asax", ".cer", ".cshtml", ".vbhtml", ".master", ".svc", ".soap", ".rem",
        ".config", ".compiled", ".php", ".jsp", ".jspx",
    ];

    /// <summary>What else an attacker puts into such a folder. Pictures, style sheets and the product's thousands of scripts are left out.</summary>
    static readonly string[] Others = [".dll", ".exe", ".ps1", ".bat", ".cmd", ".vbs", ".txt", ".hta", ".tmp", ".bak", ".cs", ".cab"];

    /// <summary>A mailbox exported to a file; under a page's name it is how ProxyShell writes its shell.</summary>
    static ReadOnlySpan<byte> Pst => "!BDN"u8;

    /// <summary>Whether YARA looks at a file.</summary>
    /// <param name="path">As on the server, or in the source.</param>
    /// <param name="head">Its first bytes.</param>
    public static bool Holds(string path, ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<char> extension = Path.GetExtension(path.AsSpan());
        if (IsOneOf(extension, Pages)) return true;
        string place = path.Replace('/', '\\');
        if (!Array.Exists(Roots, r => place.Contains(r, StringComparison.OrdinalIgnoreCase))) return false;
        return extension.IsEmpty || IsOneOf(extension, Others) || head.StartsWith(Pst) || LooksLikeAPage(head[..Math.Min(head.Length, 4096)]);
    }

    // Under any name: a handler in web.config makes a page of it.
    static bool LooksLikeAPage(ReadOnlySpan<byte> head) => head.IndexOf("<%"u8) >= 0 || head.IndexOf("runat="u8) >= 0;

    static bool IsOneOf(ReadOnlySpan<char> extension, string[] list)
    {
        foreach (string one in list)
        {
            if (extension.Equals(one, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
