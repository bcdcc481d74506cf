namespace Tocsin.Evidence.WebPages;

/// <summary>The places on an Exchange server in which pages lie, told by folder names: an install path may be any, and collections are cut at any folder.</summary>
public static class PagePlaces
{
#pragma warning disable CS1591 // docs/formats/web-page-facts.md tells of each.
    public const string OwaAuth = "owa-auth";
    public const string EcpAuth = "ecp-auth";
    public const string Oab = "oab";
    public const string AspnetClient = "aspnet-client";
    public const string Static = "static";
    public const string FrontEnd = "exchange-front-end";
    public const string BackEnd = "exchange-back-end";
    public const string WebRoot = "web-root";
    public const string Temporary = "temporary-aspnet";
    public const string Elsewhere = "elsewhere";
#pragma warning restore CS1591

    /// <summary>Every place.</summary>
    public static IReadOnlyList<string> All { get; } = [OwaAuth, EcpAuth, Oab, AspnetClient, Static, FrontEnd, BackEnd, WebRoot, Temporary, Elsewhere];

    /// <summary>The place of a path, of a Windows disk, of a collection or of a web site.</summary>
    public static string Of(string path)
    {
        string[] parts = Split(path);
        if (Has(parts, "Temporary ASP.NET Files")) return Temporary;
        if (Has(parts, "aspnet_client")) return AspnetClient;
        bool exchange = Has(parts, "HttpProxy") || Has(parts, "ClientAccess") || Has(parts, "owa") || Has(parts, "ecp");
        if (exchange && IsStatic(parts)) return Static;
        if (Pair(parts, "owa", "auth")) return OwaAuth;
        if (Pair(parts, "ecp", "auth")) return EcpAuth;
        if (Pair(parts, "HttpProxy", "OAB") || Pair(parts, "ClientAccess", "OAB") || parts.Length > 1 && Same(parts[0], "oab")) return Oab;
        if (Has(parts, "HttpProxy")) return FrontEnd;
        if (Has(parts, "ClientAccess")) return BackEnd;
        return Has(parts, "wwwroot") || Has(parts, "inetpub") ? WebRoot : Elsewhere;
    }

    /// <summary>The folder by which <c>product-pages.csv</c> calls the path's: one, several where the path does not say which end it is of, none where no list is known.</summary>
    internal static string[] FoldersOf(string path)
    {
        string[] parts = Split(path);
        for (int at = 0; at + 2 < parts.Length; at++)
        {
            // Right in the folder: below it lie only scripts and pictures of one build.
            if (at + 3 != parts.Length || !Same(parts[at + 1], "auth")) continue;
            string app = Same(parts[at], "owa") ? "owa" : Same(parts[at], "ecp") ? "ecp" : "";
            if (app.Length == 0) continue;
            bool back = at > 0 && Same(parts[at - 1], "ClientAccess"), front = at > 0 && Same(parts[at - 1], "HttpProxy");
            return back ? [$"backend/{app}/auth"] : front ? [$"frontend/{app}/auth"] : [$"frontend/{app}/auth", $"backend/{app}/auth"];
        }

        return [];
    }

    // Folders of Exchange that hold pictures, styles and scripts for browsers: owa\auth\15.1.2176\themes, …\Current\scripts.
    static bool IsStatic(string[] parts)
    {
        for (int at = 1; at < parts.Length - 1; at++)
        {
            if (Same(parts[at], "themes") || Same(parts[at], "images") || Same(parts[at], "fonts") || Same(parts[at], "styles") || Same(parts[at], "sounds")) return true;
            if ((Same(parts[at], "Current") || Same(parts[at], "scripts") || char.IsAsciiDigit(parts[at][0]) && parts[at].Contains('.')) && Same(parts[at - 1], "auth")) return true;
        }

        return false;
    }

    internal static string[] Split(string path) => path.Split(['\\', '/', '!'], StringSplitOptions.RemoveEmptyEntries);

    static bool Has(string[] parts, string folder)
    {
        for (int at = 0; at < parts.Length - 1; at++)
        {
            if (Same(parts[at], folder)) return true;
        }

        return false;
    }

    static bool Pair(string[] parts, string folder, string inner)
    {
        for (int at = 0; at + 2 < parts.Length; at++)
        {
            if (Same(parts[at], folder) && Same(parts[at + 1], inner)) return true;
        }

        return false;
    }

    static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
