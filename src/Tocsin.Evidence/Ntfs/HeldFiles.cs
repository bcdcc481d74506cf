using System.Runtime.InteropServices;

namespace Tocsin.Evidence.Ntfs;

/// <summary>What is kept of one entry until the paths are known.</summary>
internal struct HeldFile
{
    public uint Number;
    public ushort Sequence;
    public bool InUse, IsFolder, IsTorn, IsNamedByRules;

    /// <summary>Kept only because a rule's word is in its name, or because other entries may tell more of it.</summary>
    public bool IsUncertain;
    public long Offset;

    /// <summary>Size of the plain content; -1 where no entry told it.</summary>
    public long Size;
    public FileTimes Times;

    /// <summary>First of its names and of its texts, or -1; in the lists of <see cref="HeldFiles"/>.</summary>
    public int Link, Text;
}

/// <summary>A name of a held file.</summary>
internal readonly record struct HeldLink(int Next, FileReference Folder, FileTimes Times, PooledText Name, bool IsShortForm);

internal enum HeldTextKind : byte
{
    Stream,
    Zone,
    Content,
    Script,
}

/// <summary>A named stream of a held file, or some of its content.</summary>
internal readonly record struct HeldText(int Next, HeldTextKind Kind, PooledText Text);

/// <summary>The files of a table that are worth a record, kept until the whole table was seen. Not safe for concurrent use.</summary>
/// <remarks>About 150 bytes a file. A file whose entry was too small is in several: the pieces wait here until all were seen.</remarks>
internal sealed class HeldFiles
{
    /// <summary>An Exchange server has some 20,000 pages, dumps and programs in odd places. Bounds memory to 60 MB against a volume of nothing else.</summary>
    const int MaxFiles = 300_000;

    /// <summary>Files of which it is not certain that they are worth a record: a rule with an everyday word must not take the room of pages.</summary>
    const int MaxUncertain = 100_000;

    /// <summary>Pieces of files in several entries.</summary>
    const int MaxPieces = 100_000;

    /// <summary>Names, streams and contents that one file keeps. NTFS allows 1,024 names, and streams without number.</summary>
    const int MaxPerFile = 16;

    const int MaxTextBytes = 32 << 20;

    readonly record struct Piece(FileReference Base, int Link, int Text, long Size);

    readonly List<HeldFile> _files = [];
    readonly List<HeldLink> _links = [];
    readonly List<HeldText> _texts = [];
    readonly List<Piece> _pieces = [];
    readonly TextPool _pool = new(MaxTextBytes);
    int _uncertain;
    long _refused;

    /// <summary>Files and pieces that were not kept for want of room.</summary>
    public long Refused => _refused + _pool.Refused;

    /// <summary>In the order of their numbers.</summary>
    public ReadOnlySpan<HeldFile> Files => CollectionsMarshal.AsSpan(_files);

    public HeldLink LinkAt(int index) => _links[index];

    public HeldText TextAt(int index) => _texts[index];

    public ReadOnlySpan<byte> this[PooledText text] => _pool[text];

    /// <summary>Puts a name before others; gives the head of the list.</summary>
    public int AddLink(int head, FileReference folder, FileTimes times, ReadOnlySpan<byte> name, bool isShortForm)
    {
        if (_links.Count >= 2 * MaxFiles || CountLinks(head) >= MaxPerFile)
        {
            _refused++;
            return head;
        }

        _links.Add(new HeldLink(head, folder, times, _pool.Add(name), isShortForm));
        return _links.Count - 1;
    }

    /// <summary>Puts a text before others; gives the head of the list.</summary>
    public int AddText(int head, HeldTextKind kind, ReadOnlySpan<byte> text)
    {
        if (_texts.Count >= 2 * MaxFiles || CountTexts(head) >= MaxPerFile)
        {
            _refused++;
            return head;
        }

        _texts.Add(new HeldText(head, kind, _pool.Add(text)));
        return _texts.Count - 1;
    }

    /// <summary>Whether a file can be kept; counted where not.</summary>
    public bool HasRoom(in HeldFile file)
    {
        if (_files.Count < MaxFiles && !(file.IsUncertain && _uncertain >= MaxUncertain) && (_files.Count == 0 || _files[^1].Number < file.Number)) return true;
        _refused++;
        return false;
    }

    /// <summary>Whether a piece can be kept; counted where not.</summary>
    public bool HasRoomForPiece
    {
        get
        {
            if (_pieces.Count < MaxPieces) return true;
            _refused++;
            return false;
        }
    }

    /// <summary>Keeps a file for which there is room. Numbers rise from call to call.</summary>
    public void Add(in HeldFile file)
    {
        if (file.IsUncertain) _uncertain++;
        _files.Add(file);
    }

    /// <summary>Keeps what an entry says of a file whose own entry is another.</summary>
    public void AddPiece(FileReference file, int link, int text, long size) => _pieces.Add(new Piece(file, link, text, size));

    /// <summary>Joins the pieces to their files, and names of folders to the table. Once, when all were seen.</summary>
    public void Join(FolderTable folders)
    {
        Span<HeldFile> files = CollectionsMarshal.AsSpan(_files);
        foreach (Piece piece in _pieces)
        {
            for (int at = piece.Link; at >= 0; at = _links[at].Next)
            {
                if (!_links[at].IsShortForm) folders.Complete(piece.Base, _links[at].Folder, _pool[_links[at].Name]);
            }

            int index = Find(files, piece.Base.Number);
            if (index < 0) continue;
            ref HeldFile file = ref files[index];
            if (!FileReference.Means(piece.Base.Sequence, file.Sequence, file.InUse)) continue;
            if (piece.Size >= 0 && file.Size < 0) file.Size = piece.Size;
            for (int at = piece.Link; at >= 0; at = _links[at].Next)
            {
                HeldLink link = _links[at];
                if (CountLinks(file.Link) >= MaxPerFile) break;
                _links.Add(link with { Next = file.Link });
                file.Link = _links.Count - 1;
            }

            for (int at = piece.Text; at >= 0; at = _texts[at].Next)
            {
                HeldText text = _texts[at];
                if (CountTexts(file.Text) >= MaxPerFile) break;
                _texts.Add(text with { Next = file.Text });
                file.Text = _texts.Count - 1;
            }
        }
    }

    int CountLinks(int head)
    {
        int count = 0;
        for (; head >= 0; head = _links[head].Next) count++;
        return count;
    }

    int CountTexts(int head)
    {
        int count = 0;
        for (; head >= 0; head = _texts[head].Next) count++;
        return count;
    }

    static int Find(ReadOnlySpan<HeldFile> files, ulong number)
    {
        int low = 0, high = files.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (files[middle].Number == number) return middle;
            if (files[middle].Number < number) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }
}
