using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Makes records of the files that were kept, once all folders are known.</summary>
internal sealed class MftRecords(RecordTarget target, MftIntake intake, CancellationToken cancellation)
{
    /// <summary>Pages in web folders that are told of. An Exchange server has some 3,000.</summary>
    const int MaxWebFiles = 50_000;

    /// <summary>No more names than a held file keeps, and as many again from a last piece.</summary>
    const int MaxLinks = 32;

    static readonly (EntryFacts Fact, byte[] Word)[] Words =
    [
        (EntryFacts.Deleted, "deleted"u8.ToArray()),
        (EntryFacts.SetBeforeName, "timestomped:si-before-fn"u8.ToArray()),
        (EntryFacts.SetToWholeSeconds, "timestomped:whole-seconds"u8.ToArray()),
        (EntryFacts.CreatedBeforeName, "created-before-name"u8.ToArray()),
        (EntryFacts.WholeSeconds, "whole-seconds"u8.ToArray()),
        (EntryFacts.PathUncertain, "path-uncertain"u8.ToArray()),
        (EntryFacts.ResidentScript, "resident-script"u8.ToArray()),
        (EntryFacts.HasStream, "has-stream"u8.ToArray()),
        (EntryFacts.Torn, "torn"u8.ToArray()),
    ];

    readonly RecordLine _line = new(target.Fields);
    readonly byte[] _path = new byte[FolderTable.MaxPathBytes];
    readonly List<WebFileBirth> _webFiles = [];

    readonly int _pathField = target.Fields.IndexOf("Path"), _directory = target.Fields.IndexOf("Directory"), _name = target.Fields.IndexOf("Name"), _extension = target.Fields.IndexOf("Extension");
    readonly int _size = target.Fields.IndexOf("Size"), _inUse = target.Fields.IndexOf("InUse"), _isDirectory = target.Fields.IndexOf("IsDirectory");
    readonly int _number = target.Fields.IndexOf("EntryNumber"), _sequence = target.Fields.IndexOf("Sequence"), _fact = target.Fields.IndexOf("Fact");
    readonly int _siCreated = target.Fields.IndexOf("SI_Created"), _siModified = target.Fields.IndexOf("SI_Modified"), _siChanged = target.Fields.IndexOf("SI_Changed"), _siAccessed = target.Fields.IndexOf("SI_Accessed");
    readonly int _fnCreated = target.Fields.IndexOf("FN_Created"), _fnModified = target.Fields.IndexOf("FN_Modified"), _fnChanged = target.Fields.IndexOf("FN_Changed"), _fnAccessed = target.Fields.IndexOf("FN_Accessed");
    readonly int _stream = target.Fields.IndexOf("Stream"), _zone = target.Fields.IndexOf("Zone"), _content = target.Fields.IndexOf("Content");

    /// <summary>Files that were worth a record, whether the filter passed it or not.</summary>
    public long Written { get; private set; }

    public IReadOnlyList<WebFileBirth> WebFiles => _webFiles;

    public void Write()
    {
        int count = 0;
        foreach (ref readonly HeldFile file in intake.Files.Files)
        {
            if ((++count & 0xFFF) == 0) cancellation.ThrowIfCancellationRequested();
            Write(in file);
        }
    }

    void Write(in HeldFile file)
    {
        Span<int> links = stackalloc int[MaxLinks];
        links = links[..Links(in file, links)];
        if (links.IsEmpty) return;

        _line.Clear();
        HeldLink first = intake.Files.LinkAt(links[0]);
        EntryFacts facts = TimeJudgement.Judge(file.Times, first.Times) | FactsOf(in file);
        DateTime born = TimeJudgement.Birth(file.Times, first.Times);
        bool isWorth = file.IsNamedByRules || facts.HasFlag(EntryFacts.ResidentScript);
        for (int i = 0; i < links.Length; i++)
        {
            if (i > 0) _line.Add(" and "u8);
            HeldLink link = intake.Files.LinkAt(links[i]);
            ReadOnlySpan<byte> folder = intake.Folders.PathOf(link.Folder, _path, out bool isCertain), name = intake.Files[link.Name];
            if (!isCertain) facts |= EntryFacts.PathUncertain;
            int start = _line.Length;
            AddPath(folder, name);
            isWorth |= FileInterest.Of(name) is var reason && (reason == FileInterest.Reason.Anywhere || reason == FileInterest.Reason.InOddPlaces && FileInterest.IsOddPlace(folder));
            if (FileInterest.IsPage(name) && FileInterest.IsWebFolder(folder)) AddWebFile(in file, _line.Text[start..], born, facts);
        }

        if (!isWorth) return;
        Written++;
        Describe(in file, first.Times, facts);
        if (target.Filter.FindCandidate(_line.Text, 0) >= 0) target.Sink.Accept(new Record(_line.Text, _line.Values, new Position(file.Number, file.Offset), born));
    }

    // The lists are built from behind; short forms count only where there is nothing else.
    int Links(in HeldFile file, Span<int> links)
    {
        int count = 0, shortForm = -1;
        for (int at = file.Link; at >= 0 && count < links.Length; at = intake.Files.LinkAt(at).Next)
        {
            if (intake.Files.LinkAt(at).IsShortForm) shortForm = at;
            else links[count++] = at;
        }

        if (count == 0 && shortForm >= 0) links[count++] = shortForm;
        links[..count].Reverse();
        return count;
    }

    EntryFacts FactsOf(in HeldFile file)
    {
        EntryFacts facts = (file.InUse ? EntryFacts.None : EntryFacts.Deleted) | (file.IsTorn ? EntryFacts.Torn : EntryFacts.None);
        for (int at = file.Text; at >= 0; at = intake.Files.TextAt(at).Next)
        {
            facts |= intake.Files.TextAt(at).Kind switch
            {
                HeldTextKind.Stream => EntryFacts.HasStream,
                HeldTextKind.Script => EntryFacts.ResidentScript,
                _ => EntryFacts.None,
            };
        }

        return facts;
    }

    void AddPath(ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name)
    {
        int start = _line.Length;
        _line.Add(folder);
        _line.Add("\\"u8);
        _line.Add(name);
        int nameStart = _line.Length - name.Length, extension = FileInterest.ExtensionOf(name).Length;
        _line.Values.Add(_pathField, start, _line.Length - start);
        _line.Values.Add(_directory, start, Math.Max(1, folder.Length));
        _line.Values.Add(_name, nameStart, name.Length);
        if (extension > 0) _line.Values.Add(_extension, _line.Length - extension, extension);
    }

    void AddWebFile(in HeldFile file, ReadOnlySpan<byte> path, DateTime born, EntryFacts facts)
    {
        if (_webFiles.Count >= MaxWebFiles) return;
        _webFiles.Add(new WebFileBirth(
            Encoding.UTF8.GetString(path), born, NtfsTime.ToUtc(file.Times.Created), NtfsTime.ToUtc(file.Times.Modified), file.Size, !file.InUse,
            (facts & (EntryFacts.SetBeforeName | EntryFacts.SetToWholeSeconds)) != 0, file.Number));
    }

    void Describe(in HeldFile file, FileTimes name, EntryFacts facts)
    {
        bool any = false;
        foreach ((EntryFacts fact, byte[] word) in Words)
        {
            if (!facts.HasFlag(fact)) continue;
            if (any) _line.Add(","u8);
            else _line.AddName("Fact"u8);
            _line.Add(_fact, word);
            any = true;
        }

        if (file.Size >= 0)
        {
            _line.AddName("Size"u8);
            _line.Add(_size, file.Size);
        }

        _line.AddName("InUse"u8);
        _line.Add(_inUse, file.InUse ? "true"u8 : "false"u8);
        _line.AddName("IsDirectory"u8);
        _line.Add(_isDirectory, file.IsFolder ? "true"u8 : "false"u8);
        _line.AddName("EntryNumber"u8);
        _line.Add(_number, file.Number);
        _line.AddName("Sequence"u8);
        _line.Add(_sequence, file.Sequence);
        _line.AddTime("SI_Created"u8, _siCreated, file.Times.Created);
        _line.AddTime("SI_Modified"u8, _siModified, file.Times.Modified);
        _line.AddTime("SI_Changed"u8, _siChanged, file.Times.Changed);
        _line.AddTime("SI_Accessed"u8, _siAccessed, file.Times.Accessed);
        _line.AddTime("FN_Created"u8, _fnCreated, name.Created);
        _line.AddTime("FN_Modified"u8, _fnModified, name.Modified);
        _line.AddTime("FN_Changed"u8, _fnChanged, name.Changed);
        _line.AddTime("FN_Accessed"u8, _fnAccessed, name.Accessed);
        AddTexts(in file, HeldTextKind.Stream, "Stream"u8, _stream);
        AddTexts(in file, HeldTextKind.Zone, "Zone"u8, _zone);
        AddTexts(in file, HeldTextKind.Content, "Content"u8, _content);
        AddTexts(in file, HeldTextKind.Script, "Content"u8, _content);
    }

    void AddTexts(in HeldFile file, HeldTextKind kind, ReadOnlySpan<byte> name, int field)
    {
        for (int at = file.Text; at >= 0; at = intake.Files.TextAt(at).Next)
        {
            HeldText text = intake.Files.TextAt(at);
            if (text.Kind != kind || text.Text.Length == 0) continue;
            _line.AddName(name);
            _line.Add(field, intake.Files[text.Text]);
        }
    }
}
