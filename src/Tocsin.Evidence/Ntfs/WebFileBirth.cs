namespace Tocsin.Evidence.Ntfs;

/// <summary>What the file table says of one page in a web folder: for whoever has the page itself and asks when it came and beside which others.</summary>
/// <param name="Path">From the volume's root: <c>\inetpub\wwwroot\aspnet_client\x.aspx</c>.</param>
/// <param name="BornUtc">When its name appeared on the volume; <see langword="default"/> where nothing says.</param>
/// <param name="CreatedUtc">The creation time that Windows shows, which programs may set.</param>
/// <param name="ModifiedUtc">The modification time that Windows shows.</param>
/// <param name="Size">In bytes; -1 where not known.</param>
/// <param name="IsDeleted">Whether the page is gone.</param>
/// <param name="IsSetBack">Whether its times were set back as no copying does it.</param>
/// <param name="EntryNumber">Its entry in the table.</param>
public sealed record WebFileBirth(string Path, DateTime BornUtc, DateTime CreatedUtc, DateTime ModifiedUtc, long Size, bool IsDeleted, bool IsSetBack, long EntryNumber)
{
    /// <summary>Whether a file's path on a server is this one: drive letters, the direction of slashes and ASCII case do not count.</summary>
    /// <param name="path"><c>C:\inetpub\…</c>, <c>/inetpub/…</c> or the whole of either.</param>
    public bool IsAt(string path)
    {
        ReadOnlySpan<char> rest = path.Length >= 2 && path[1] == ':' ? path.AsSpan(2) : path;
        if (rest.Length != Path.Length) return false;
        for (int i = 0; i < rest.Length; i++)
        {
            char c = rest[i] == '/' ? '\\' : char.ToLowerInvariant(rest[i]);
            if (c != char.ToLowerInvariant(Path[i])) return false;
        }

        return true;
    }

    /// <summary>The other pages of the same folder that are still there: how old a page's neighbours are tells whether it came with them.</summary>
    public IEnumerable<WebFileBirth> Neighbours(IEnumerable<WebFileBirth> all)
    {
        string folder = Path[..(Path.LastIndexOf('\\') + 1)];
        return all.Where(other => !other.IsDeleted && other.EntryNumber != EntryNumber
            && other.Path.Length > folder.Length && other.Path.StartsWith(folder, StringComparison.OrdinalIgnoreCase) && other.Path.IndexOf('\\', folder.Length) < 0);
    }
}
