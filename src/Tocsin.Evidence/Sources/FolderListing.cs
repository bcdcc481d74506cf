using System.Formats.Tar;

namespace Tocsin.Evidence.Sources;

/// <summary>Lists the files of folders without following a link.</summary>
internal sealed class FolderListing(List<DiskFile> files, SourceLimits limits, ProblemLog problems, CancellationToken cancellation)
{
    // Deeper than any path that Windows can make; bounds trees that a hostile file system invents.
    const int MaxFolderDepth = 512;

    static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false };

    /// <summary>Adds a file, or all files of a folder.</summary>
    public void Add(string fullPath, string shown)
    {
        try
        {
            if (!Path.Exists(fullPath))
            {
                problems.Add(shown, SourceProblemKind.Unreadable, "does not exist: check the path");
                return;
            }

            // The user named this one: if it is a link, its target is what is meant.
            if (File.ResolveLinkTarget(fullPath, returnFinalTarget: true) is { } target) fullPath = target.FullName;
            if (Directory.Exists(fullPath)) AddFolder(fullPath, shown);
            else AddFile(new FileInfo(fullPath), shown);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add(shown, SourceProblemKind.Unreadable, $"cannot be opened ({failure.Message})");
        }
    }

    void AddFolder(string root, string shownRoot)
    {
        var open = new Stack<(string FullPath, string Shown, int Depth)>();
        open.Push((root, shownRoot, 0));
        while (open.TryPop(out var folder))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                // Sorted, so that problems and limits do not depend on the order of the disk.
                FileSystemInfo[] entries = new DirectoryInfo(folder.FullPath).GetFileSystemInfos("*", Everything);
                Array.Sort(entries, static (left, right) => string.CompareOrdinal(left.Name, right.Name));
                foreach (FileSystemInfo entry in entries)
                {
                    string name = InertName.OfSegment(entry.Name);
                    string shown = folder.Shown.Length == 0 ? name : $"{folder.Shown}/{name}";
                    if (IsLink(entry)) problems.Add(shown, SourceProblemKind.Skipped, "a link, which is not followed");
                    else if (entry is FileInfo file) AddFile(file, shown);
                    else if (folder.Depth < MaxFolderDepth) open.Push((entry.FullName, shown, folder.Depth + 1));
                    else problems.Add(shown, SourceProblemKind.Refused, $"more than {MaxFolderDepth} folders deep: not read");
                    if (files.Count > limits.MaxEntries)
                    {
                        problems.Add(shownRoot, SourceProblemKind.Refused, $"more than {limits.MaxEntries} files: the rest was not read. Scan its folders one by one");
                        return;
                    }
                }
            }
            catch (UnauthorizedAccessException)
            {
                problems.Add(folder.Shown, SourceProblemKind.Unreadable, "no permission to list the folder: run as administrator or root");
            }
            catch (IOException failure)
            {
                problems.Add(folder.Shown, SourceProblemKind.Unreadable, $"the folder cannot be listed ({failure.Message})");
            }
        }
    }

    void AddFile(FileInfo file, string shown)
    {
        try
        {
            if (file.Length == 0 && IsSpecial(file.FullName)) problems.Add(shown, SourceProblemKind.Skipped, "a device, pipe or socket, which is not read");
            else files.Add(new DiskFile(file.FullName, shown, file.Length, file.LastWriteTimeUtc));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add(shown, SourceProblemKind.Unreadable, $"cannot be looked at ({failure.Message})");
        }
    }

    // Other reparse points (deduplicated and cloud files) lead nowhere else and are read as what they are.
    static bool IsLink(FileSystemInfo entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.LinkTarget is not null;

    // Opening a pipe waits for ever, and only the tar writer of the BCL tells one from an empty file: it writes an entry's kind
    // into the header, and throws for a socket. Special files have no length, so few files are asked.
    static bool IsSpecial(string path)
    {
        if (OperatingSystem.IsWindows()) return false;
        try
        {
            using var header = new MemoryStream();
            using (var writer = new TarWriter(header, TarEntryFormat.Ustar, leaveOpen: true)) writer.WriteEntry(path, "x");
            header.Position = 0;
            using var reader = new TarReader(header);
            return reader.GetNextEntry()?.EntryType is not TarEntryType.RegularFile;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
