namespace Tocsin.Detection.Yara;

/// <summary>What rules may know of a file beside its bytes: the external variables of the signature-base collection.</summary>
/// <param name="FilePath">Its folder and name, as on the server where that is known: <c>C:\inetpub\wwwroot\a.aspx</c>.</param>
/// <param name="FileName">Its name: <c>a.aspx</c>.</param>
/// <param name="Extension">The name's ending with its dot, in lower case: <c>.aspx</c>; empty where it has none.</param>
/// <param name="FileType">A word for its content: <c>EXE</c>, <c>ASPX</c> …; empty where nothing is known.</param>
/// <param name="Owner">Who owned it; evidence seldom says.</param>
public readonly record struct YaraVariables(string FilePath, string FileName, string Extension, string FileType = "", string Owner = "")
{
    /// <summary>The names under which rules know them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["filepath", "filename", "extension", "filetype", "owner"];

    /// <summary>For a file about which nothing is known.</summary>
    public static YaraVariables None { get; } = new("", "", "");

    /// <summary>For a file at a path of Windows or Unix.</summary>
    public static YaraVariables Of(string path, string fileType = "")
    {
        int slash = path.LastIndexOfAny(['/', '\\']);
        string name = path[(slash + 1)..];
        int dot = name.LastIndexOf('.');
        return new(path, name, dot < 0 ? "" : name[dot..].ToLowerInvariant(), fileType);
    }

    internal string At(int index) => index switch
    {
        0 => FilePath ?? "",
        1 => FileName ?? "",
        2 => Extension ?? "",
        3 => FileType ?? "",
        _ => Owner ?? "",
    };
}
