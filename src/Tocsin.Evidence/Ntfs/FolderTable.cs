using System.Runtime.InteropServices;

namespace Tocsin.Evidence.Ntfs;

/// <summary>The folders of a volume, from which paths are put together. Filled in the order of the table; then read. Not safe for concurrent use.</summary>
/// <remarks>24 bytes a folder and its name. A folder may stand behind what lies in it, so paths are final only when all are there.</remarks>
internal sealed class FolderTable
{
    /// <summary>A server has some 100,000 folders. Bounds memory (48 MB) against a table of nothing but folders.</summary>
    const int MaxFolders = 2_000_000;

    /// <summary>Bounds memory against folders with the longest names; ordinary ones take 15 bytes each.</summary>
    const int MaxNameBytes = 48 << 20;

    /// <summary>Folders above a file. Bounds work where folders lie in each other in a circle; deeper paths than this are said to be uncertain.</summary>
    const int MaxDepth = 128;

    /// <summary>Longest path put together, in bytes. Windows opens paths of 32,767 characters only when asked in a special form.</summary>
    public const int MaxPathBytes = 4096;

    struct Folder
    {
        public uint Number;
        public ushort Sequence;
        public bool InUse;
        public ulong Parent;
        public PooledText Name;
    }

    readonly List<Folder> _folders = [];
    readonly TextPool _names = new(MaxNameBytes);
    long _refused;

    /// <summary>Folders that were not kept for want of room.</summary>
    public long Refused => _refused + _names.Refused;

    /// <summary>Keeps a folder. Numbers rise from call to call.</summary>
    public void Add(uint number, ushort sequence, bool inUse, FileReference parent, ReadOnlySpan<byte> name)
    {
        if (_folders.Count >= MaxFolders || _folders.Count > 0 && _folders[^1].Number >= number)
        {
            _refused++;
            return;
        }

        _folders.Add(new Folder { Number = number, Sequence = sequence, InUse = inUse, Parent = parent.Value, Name = _names.Add(name) });
    }

    /// <summary>Gives a folder its name where its own entry had no room for it.</summary>
    public void Complete(FileReference folder, FileReference parent, ReadOnlySpan<byte> name)
    {
        int at = Find(folder.Number);
        if (at < 0) return;
        ref Folder found = ref CollectionsMarshal.AsSpan(_folders)[at];
        if (found.Name.Length > 0 || !FileReference.Means(folder.Sequence, found.Sequence, found.InUse)) return;
        found.Parent = parent.Value;
        found.Name = _names.Add(name);
    }

    /// <summary>The path of a folder: <c>\Windows\System32</c>, empty for the root. Where a folder on the way is missing or has been given to another file since, what is known of it stands behind a question mark.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="buffer">Room for <see cref="MaxPathBytes"/>.</param>
    /// <param name="isCertain">Whether the whole way to the root was there.</param>
    public ReadOnlySpan<byte> PathOf(FileReference folder, Span<byte> buffer, out bool isCertain)
    {
        int start = buffer.Length;
        isCertain = false;
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            if (folder.Number == FileReference.Root)
            {
                isCertain = true;
                return buffer[start..];
            }

            int at = Find(folder.Number);
            if (at < 0) break;
            Folder found = _folders[at];
            ReadOnlySpan<byte> name = _names[found.Name];
            if (name.IsEmpty || !FileReference.Means(folder.Sequence, found.Sequence, found.InUse) || start < name.Length + 2) break;
            name.CopyTo(buffer[(start -= name.Length)..]);
            buffer[--start] = (byte)'\\';
            folder = new FileReference(found.Parent);
        }

        buffer[--start] = (byte)'?';
        return buffer[start..];
    }

    int Find(ulong number)
    {
        int low = 0, high = _folders.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            uint at = _folders[middle].Number;
            if (at == number) return middle;
            if (at < number) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }
}
