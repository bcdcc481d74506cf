using Microsoft.Win32.SafeHandles;

namespace Tocsin.Evidence.Sources;

/// <summary>Opens files that lie beside another under its name with an ending behind it: a registry hive's transaction logs.</summary>
/// <remarks>Only these endings are ever opened, only in the same folder, and never a link: a name from evidence leads nowhere else.</remarks>
internal static class Companions
{
    /// <summary>Entries of one archive that are remembered as somebody's companions. A machine has some dozens of hives.</summary>
    public const int MaxRemembered = 10_000;

    /// <summary>Endings that archives remember. Not <c>.LOG</c>, which half of Exchange's files have.</summary>
    static readonly string[] Endings = [".LOG1", ".LOG2"];

    public static bool IsOne(string path) => Array.Exists(Endings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Opens a file beside one on disk; null where there is none.</summary>
    public static Stream? OpenBeside(string fullPath, string ending)
    {
        if (ending.Length is < 2 or > 8 || ending.AsSpan().ContainsAny("/\\*?") || Path.GetDirectoryName(fullPath) is not { } folder) return null;
        string name = Path.GetFileName(fullPath) + ending;

        // Asked of the folder, since disks differ in whether NTUSER.DAT.LOG1 is ntuser.dat.LOG1; the name itself is no pattern.
        FileInfo? found = new DirectoryInfo(folder).EnumerateFiles("*" + ending, new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = 0 })
            .Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).MinBy(f => f.Name, StringComparer.Ordinal);
        if (found is null || found.LinkTarget is not null || found.Length == 0) return null;
        SafeFileHandle handle = File.OpenHandle(found.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        return new OwnedStream(RandomBytes.Of(handle).Open(), handle);
    }

    /// <summary>A stream that closes what it reads from.</summary>
    sealed class OwnedStream(Stream inner, SafeFileHandle handle) : ForwardStream
    {
        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        protected override void Dispose(bool disposing)
        {
            if (disposing) handle.Dispose();
            base.Dispose(disposing);
        }
    }
}
